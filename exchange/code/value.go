package code

// The values of closed fields, as FILES' columns name them. Each type is
// listed by the function of its plural name.
type (
	FileVerdict         string // of a file, in R
	Verdict             string // of a record, in V
	IDType              string // kind of identity document, the national list
	Sex                 string // GB/T 2261.1
	Scheme              string // insurance scheme, the national list
	Household           string // household registration
	StayKind            string // how the months of a stay were paid
	RegistryStatus      string // where a person stands in the core
	MoneyKind           string // what happens to the balance
	Nature              string // of an information form
	Purpose             string // of a remittance
	Phase               string // of a cancellation
	Outcome             string // of a completion
	About               string // of a query
	PostingRow          string // row of a posting
	PostingResult       string // the core's answer to a posting row
	Relation            string // of a payee to the person
	Recipient           string // of a notice
	Milestone           string // told in a notice
	Material            string // handed in with an application
	LodgedAt            string // place of an application
	Applicant           string // who applies
	Direction           string // of money, as the sender sees it
	CertificateReason   string // why a certificate is asked for
	Extent              string // of a registry extract
	ReconciliationState string // what the sender believes of a case
	BankSide            string // of a line of a bank's sheet, as the bank sees the account
	BankStatus          string // what became of a line of a bank's sheet
)

// Constants, list by list.
const (
	FileAccepted FileVerdict = "accepted"
	FilePartly   FileVerdict = "partly"
	FileRejected FileVerdict = "rejected"

	Accepted Verdict = "accepted"
	Held     Verdict = "held"
	Refused  Verdict = "refused"

	IDResident            IDType = "01"
	IDOfficer             IDType = "02"
	IDPolice              IDType = "03"
	IDHongKong            IDType = "04"
	IDMacao               IDType = "05"
	IDTaiwan              IDType = "06"
	IDForeignerPermanent  IDType = "07"
	IDForeignPassport     IDType = "08"
	IDDisability          IDType = "09"
	IDMartyrsFamily       IDType = "10"
	IDForeignerEmployment IDType = "11"
	IDForeignExpert       IDType = "12"
	IDForeignJournalist   IDType = "13"
	IDHMTEmployment       IDType = "14"
	IDReturnedExpert      IDType = "15"
	IDChinesePassport     IDType = "16"
	IDHMTResidence        IDType = "17"
	IDSocialSecurityCard  IDType = "90"
	IDClassified          IDType = "91"
	IDOther               IDType = "99"

	SexUnknown   Sex = "0"
	Male         Sex = "1"
	Female       Sex = "2"
	SexNotStated Sex = "9"

	SchemeEmployee      Scheme = "310"
	SchemeCivilServant  Scheme = "320"
	SchemeLargeExpense  Scheme = "330"
	SchemeVeteranCadre  Scheme = "340"
	SchemeRuralCoop     Scheme = "380"
	SchemeResident      Scheme = "390"
	SchemeUrbanResident Scheme = "391"
	SchemeResidentMajor Scheme = "392"
	SchemeMaternity     Scheme = "510"

	HouseholdNonAgricultural Household = "10"
	HouseholdAgricultural    Household = "20"
	HouseholdResident        Household = "30"
	HouseholdOther           Household = "90"

	StayActual   StayKind = "actual"
	StayBackpaid StayKind = "backpaid"
	StayDeemed   StayKind = "deemed"

	RegistryActive     RegistryStatus = "active"
	RegistryStopped    RegistryStatus = "stopped"
	RegistryEnded      RegistryStatus = "ended"
	RegistryRetired    RegistryStatus = "retired"
	RegistryDeceased   RegistryStatus = "deceased"
	RegistryInHospital RegistryStatus = "in_hospital"
	RegistryFrozen     RegistryStatus = "frozen"

	Remitted     MoneyKind = "REMITTED"
	Netted       MoneyKind = "NETTED"
	NotMoved     MoneyKind = "NOT_MOVED"
	PaidToPerson MoneyKind = "PAID_TO_PERSON"
	Zero         MoneyKind = "ZERO"

	NatureOriginal   Nature = "original"
	NatureCorrected  Nature = "corrected"
	NatureSupplement Nature = "supplement"

	PurposeTransfer   Purpose = "transfer"
	PurposeSupplement Purpose = "supplement"
	PurposeRefund     Purpose = "refund"

	PhaseCancel      Phase = "cancel"
	PhaseProposeVoid Phase = "propose_void"
	PhaseAgree       Phase = "agree"
	PhaseRefuse      Phase = "refuse"

	OutcomeRelationDone Outcome = "relation_done"
	OutcomeCompleted    Outcome = "completed"
	OutcomeVoid         Outcome = "void"

	AboutPerson      About = "person"
	AboutMonths      About = "months"
	AboutAmount      About = "amount"
	AboutAccount     About = "account"
	AboutStatus      About = "status"
	AboutCertificate About = "certificate"
	AboutOther       About = "other"

	PostingEnd    PostingRow = "E"
	PostingDebit  PostingRow = "B"
	PostingCredit PostingRow = "N"
	PostingMonths PostingRow = "Y"
	PostingUndo   PostingRow = "U"

	ResultDone    PostingResult = "done"
	ResultRefused PostingResult = "refused"

	RelationSelf     Relation = "self"
	RelationHeir     Relation = "heir"
	RelationGuardian Relation = "guardian"

	ToPerson   Recipient = "person"
	ToEmployer Recipient = "employer"
	ToProxy    Recipient = "proxy"

	MilestoneArrears       Milestone = "arrears"
	MilestoneAccepted      Milestone = "accepted"
	MilestoneReturned      Milestone = "returned"
	MilestoneRefused       Milestone = "refused"
	MilestoneLetterSent    Milestone = "letter_sent"
	MilestoneDelayed       Milestone = "delayed"
	MilestoneDeclined      Milestone = "declined"
	MilestoneFormReceived  Milestone = "form_received"
	MilestoneRelationDone  Milestone = "relation_done"
	MilestoneMoneyWaiting  Milestone = "money_waiting"
	MilestoneMoneyReceived Milestone = "money_received"
	MilestonePaidToPerson  Milestone = "paid_to_person"
	MilestoneCompleted     Milestone = "completed"
	MilestoneCancelled     Milestone = "cancelled"

	MaterialID             Material = "id"
	MaterialCertificate    Material = "certificate"
	MaterialEmployerLetter Material = "employer_letter"
	MaterialProxy          Material = "proxy"
	MaterialOther          Material = "other"

	LodgedOld LodgedAt = "old"
	LodgedNew LodgedAt = "new"

	ByPerson   Applicant = "person"
	ByEmployer Applicant = "employer"

	In  Direction = "in"
	Out Direction = "out"

	ReasonFirst CertificateReason = "first"
	ReasonLost  CertificateReason = "lost"

	ExtentFull  Extent = "full"
	ExtentDelta Extent = "delta"

	ReconcileRequested    ReconciliationState = "requested"
	ReconcileHeld         ReconciliationState = "held"
	ReconcileDeclined     ReconciliationState = "declined"
	ReconcileAccepted     ReconciliationState = "accepted"
	ReconcileAnswered     ReconciliationState = "answered"
	ReconcileRelationDone ReconciliationState = "relation_done"
	ReconcileCompleted    ReconciliationState = "completed"
	ReconcileCancelled    ReconciliationState = "cancelled"
	ReconcileVoid         ReconciliationState = "void"

	BankDebit  BankSide = "debit"
	BankCredit BankSide = "credit"

	BankBooked   BankStatus = "booked"
	BankReturned BankStatus = "returned"
	BankRejected BankStatus = "rejected"
)
