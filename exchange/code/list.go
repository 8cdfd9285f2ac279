package code

// FileVerdicts lists the values of FileVerdict.
func FileVerdicts() List { return fileVerdicts.copy() }

// Known reports whether the value is on the list.
func (v FileVerdict) Known() bool { return fileVerdicts.Known(string(v)) }

// Word is the value's word in a language.
func (v FileVerdict) Word(l Lang) string { return fileVerdicts.Word(string(v), l) }

// Verdicts lists the values of Verdict.
func Verdicts() List { return verdicts.copy() }

// Known reports whether the value is on the list.
func (v Verdict) Known() bool { return verdicts.Known(string(v)) }

// Word is the value's word in a language.
func (v Verdict) Word(l Lang) string { return verdicts.Word(string(v), l) }

// IDTypes lists the values of IDType.
func IDTypes() List { return idTypes.copy() }

// Known reports whether the value is on the list.
func (v IDType) Known() bool { return idTypes.Known(string(v)) }

// Word is the value's word in a language.
func (v IDType) Word(l Lang) string { return idTypes.Word(string(v), l) }

// Sexes lists the values of Sex.
func Sexes() List { return sexes.copy() }

// Known reports whether the value is on the list.
func (v Sex) Known() bool { return sexes.Known(string(v)) }

// Word is the value's word in a language.
func (v Sex) Word(l Lang) string { return sexes.Word(string(v), l) }

// Schemes lists the values of Scheme.
func Schemes() List { return schemes.copy() }

// Known reports whether the value is on the list.
func (v Scheme) Known() bool { return schemes.Known(string(v)) }

// Word is the value's word in a language.
func (v Scheme) Word(l Lang) string { return schemes.Word(string(v), l) }

// Households lists the values of Household.
func Households() List { return households.copy() }

// Known reports whether the value is on the list.
func (v Household) Known() bool { return households.Known(string(v)) }

// Word is the value's word in a language.
func (v Household) Word(l Lang) string { return households.Word(string(v), l) }

// StayKinds lists the values of StayKind.
func StayKinds() List { return stayKinds.copy() }

// Known reports whether the value is on the list.
func (v StayKind) Known() bool { return stayKinds.Known(string(v)) }

// Word is the value's word in a language.
func (v StayKind) Word(l Lang) string { return stayKinds.Word(string(v), l) }

// RegistryStatuses lists the values of RegistryStatus.
func RegistryStatuses() List { return registryStatuses.copy() }

// Known reports whether the value is on the list.
func (v RegistryStatus) Known() bool { return registryStatuses.Known(string(v)) }

// Word is the value's word in a language.
func (v RegistryStatus) Word(l Lang) string { return registryStatuses.Word(string(v), l) }

// MoneyKinds lists the values of MoneyKind.
func MoneyKinds() List { return moneyKinds.copy() }

// Known reports whether the value is on the list.
func (v MoneyKind) Known() bool { return moneyKinds.Known(string(v)) }

// Word is the value's word in a language.
func (v MoneyKind) Word(l Lang) string { return moneyKinds.Word(string(v), l) }

// Natures lists the values of Nature.
func Natures() List { return natures.copy() }

// Known reports whether the value is on the list.
func (v Nature) Known() bool { return natures.Known(string(v)) }

// Word is the value's word in a language.
func (v Nature) Word(l Lang) string { return natures.Word(string(v), l) }

// Purposes lists the values of Purpose.
func Purposes() List { return purposes.copy() }

// Known reports whether the value is on the list.
func (v Purpose) Known() bool { return purposes.Known(string(v)) }

// Word is the value's word in a language.
func (v Purpose) Word(l Lang) string { return purposes.Word(string(v), l) }

// Phases lists the values of Phase.
func Phases() List { return phases.copy() }

// Known reports whether the value is on the list.
func (v Phase) Known() bool { return phases.Known(string(v)) }

// Word is the value's word in a language.
func (v Phase) Word(l Lang) string { return phases.Word(string(v), l) }

// Outcomes lists the values of Outcome.
func Outcomes() List { return outcomes.copy() }

// Known reports whether the value is on the list.
func (v Outcome) Known() bool { return outcomes.Known(string(v)) }

// Word is the value's word in a language.
func (v Outcome) Word(l Lang) string { return outcomes.Word(string(v), l) }

// Abouts lists the values of About.
func Abouts() List { return abouts.copy() }

// Known reports whether the value is on the list.
func (v About) Known() bool { return abouts.Known(string(v)) }

// Word is the value's word in a language.
func (v About) Word(l Lang) string { return abouts.Word(string(v), l) }

// PostingRows lists the values of PostingRow.
func PostingRows() List { return postingRows.copy() }

// Known reports whether the value is on the list.
func (v PostingRow) Known() bool { return postingRows.Known(string(v)) }

// Word is the value's word in a language.
func (v PostingRow) Word(l Lang) string { return postingRows.Word(string(v), l) }

// PostingResults lists the values of PostingResult.
func PostingResults() List { return postingResults.copy() }

// Known reports whether the value is on the list.
func (v PostingResult) Known() bool { return postingResults.Known(string(v)) }

// Word is the value's word in a language.
func (v PostingResult) Word(l Lang) string { return postingResults.Word(string(v), l) }

// Relations lists the values of Relation.
func Relations() List { return relations.copy() }

// Known reports whether the value is on the list.
func (v Relation) Known() bool { return relations.Known(string(v)) }

// Word is the value's word in a language.
func (v Relation) Word(l Lang) string { return relations.Word(string(v), l) }

// Recipients lists the values of Recipient.
func Recipients() List { return recipients.copy() }

// Known reports whether the value is on the list.
func (v Recipient) Known() bool { return recipients.Known(string(v)) }

// Word is the value's word in a language.
func (v Recipient) Word(l Lang) string { return recipients.Word(string(v), l) }

// Milestones lists the values of Milestone.
func Milestones() List { return milestones.copy() }

// Known reports whether the value is on the list.
func (v Milestone) Known() bool { return milestones.Known(string(v)) }

// Word is the value's word in a language.
func (v Milestone) Word(l Lang) string { return milestones.Word(string(v), l) }

// Materials lists the values of Material.
func Materials() List { return materials.copy() }

// Known reports whether the value is on the list.
func (v Material) Known() bool { return materials.Known(string(v)) }

// Word is the value's word in a language.
func (v Material) Word(l Lang) string { return materials.Word(string(v), l) }

// Lodgings lists the values of LodgedAt.
func Lodgings() List { return lodgings.copy() }

// Known reports whether the value is on the list.
func (v LodgedAt) Known() bool { return lodgings.Known(string(v)) }

// Word is the value's word in a language.
func (v LodgedAt) Word(l Lang) string { return lodgings.Word(string(v), l) }

// Applicants lists the values of Applicant.
func Applicants() List { return applicants.copy() }

// Known reports whether the value is on the list.
func (v Applicant) Known() bool { return applicants.Known(string(v)) }

// Word is the value's word in a language.
func (v Applicant) Word(l Lang) string { return applicants.Word(string(v), l) }

// Directions lists the values of Direction.
func Directions() List { return directions.copy() }

// Known reports whether the value is on the list.
func (v Direction) Known() bool { return directions.Known(string(v)) }

// Word is the value's word in a language.
func (v Direction) Word(l Lang) string { return directions.Word(string(v), l) }

// CertificateReasons lists the values of CertificateReason.
func CertificateReasons() List { return certificateReasons.copy() }

// Known reports whether the value is on the list.
func (v CertificateReason) Known() bool { return certificateReasons.Known(string(v)) }

// Word is the value's word in a language.
func (v CertificateReason) Word(l Lang) string { return certificateReasons.Word(string(v), l) }

// Extents lists the values of Extent.
func Extents() List { return extents.copy() }

// Known reports whether the value is on the list.
func (v Extent) Known() bool { return extents.Known(string(v)) }

// Word is the value's word in a language.
func (v Extent) Word(l Lang) string { return extents.Word(string(v), l) }

// ReconciliationStates lists the values of ReconciliationState.
func ReconciliationStates() List { return reconciliationStates.copy() }

// Known reports whether the value is on the list.
func (v ReconciliationState) Known() bool { return reconciliationStates.Known(string(v)) }

// Word is the value's word in a language.
func (v ReconciliationState) Word(l Lang) string { return reconciliationStates.Word(string(v), l) }

// BankSides lists the values of BankSide.
func BankSides() List { return bankSides.copy() }

// Known reports whether the value is on the list.
func (v BankSide) Known() bool { return bankSides.Known(string(v)) }

// Word is the value's word in a language.
func (v BankSide) Word(l Lang) string { return bankSides.Word(string(v), l) }

// BankStatuses lists the values of BankStatus.
func BankStatuses() List { return bankStatuses.copy() }

// Known reports whether the value is on the list.
func (v BankStatus) Known() bool { return bankStatuses.Known(string(v)) }

// Word is the value's word in a language.
func (v BankStatus) Word(l Lang) string { return bankStatuses.Word(string(v), l) }

// Todo is what the person does next.
func (v Milestone) Todo(l Lang) string { return milestones.Todo(string(v), l) }
