package code

// FileVerdicts lists the values of FileVerdict.
func FileVerdicts() List { return fileVerdicts.copy() }

// Word is the value's word in a language.
func (v FileVerdict) Word(l Lang) string { return fileVerdicts.Word(string(v), l) }

// Verdicts lists the values of Verdict.
func Verdicts() List { return verdicts.copy() }

// IDTypes lists the values of IDType.
func IDTypes() List { return idTypes.copy() }

// Known reports whether the value is on the list.
func (v IDType) Known() bool { return idTypes.Known(string(v)) }

// Word is the value's word in a language.
func (v IDType) Word(l Lang) string { return idTypes.Word(string(v), l) }

// Sexes lists the values of Sex.
func Sexes() List { return sexes.copy() }

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

// Word is the value's word in a language.
func (v Household) Word(l Lang) string { return households.Word(string(v), l) }

// StayKinds lists the values of StayKind.
func StayKinds() List { return stayKinds.copy() }

// RegistryStatuses lists the values of RegistryStatus.
func RegistryStatuses() List { return registryStatuses.copy() }

// MoneyKinds lists the values of MoneyKind.
func MoneyKinds() List { return moneyKinds.copy() }

// Word is the value's word in a language.
func (v MoneyKind) Word(l Lang) string { return moneyKinds.Word(string(v), l) }

// Natures lists the values of Nature.
func Natures() List { return natures.copy() }

// Word is the value's word in a language.
func (v Nature) Word(l Lang) string { return natures.Word(string(v), l) }

// Purposes lists the values of Purpose.
func Purposes() List { return purposes.copy() }

// Phases lists the values of Phase.
func Phases() List { return phases.copy() }

// Word is the value's word in a language.
func (v Phase) Word(l Lang) string { return phases.Word(string(v), l) }

// Outcomes lists the values of Outcome.
func Outcomes() List { return outcomes.copy() }

// Abouts lists the values of About.
func Abouts() List { return abouts.copy() }

// PostingRows lists the values of PostingRow.
func PostingRows() List { return postingRows.copy() }

// PostingResults lists the values of PostingResult.
func PostingResults() List { return postingResults.copy() }

// Relations lists the values of Relation.
func Relations() List { return relations.copy() }

// Recipients lists the values of Recipient.
func Recipients() List { return recipients.copy() }

// Milestones lists the values of Milestone.
func Milestones() List { return milestones.copy() }

// Materials lists the values of Material.
func Materials() List { return materials.copy() }

// Word is the value's word in a language.
func (v Material) Word(l Lang) string { return materials.Word(string(v), l) }

// Lodgings lists the values of LodgedAt.
func Lodgings() List { return lodgings.copy() }

// Word is the value's word in a language.
func (v LodgedAt) Word(l Lang) string { return lodgings.Word(string(v), l) }

// Applicants lists the values of Applicant.
func Applicants() List { return applicants.copy() }

// Word is the value's word in a language.
func (v Applicant) Word(l Lang) string { return applicants.Word(string(v), l) }

// Directions lists the values of Direction.
func Directions() List { return directions.copy() }

// CertificateReasons lists the values of CertificateReason.
func CertificateReasons() List { return certificateReasons.copy() }

// Word is the value's word in a language.
func (v CertificateReason) Word(l Lang) string { return certificateReasons.Word(string(v), l) }

// Extents lists the values of Extent.
func Extents() List { return extents.copy() }

// Known reports whether the value is on the list.
func (v Extent) Known() bool { return extents.Known(string(v)) }

// ReconciliationStates lists the values of ReconciliationState.
func ReconciliationStates() List { return reconciliationStates.copy() }

// BankSides lists the values of BankSide.
func BankSides() List { return bankSides.copy() }

// BankStatuses lists the values of BankStatus.
func BankStatuses() List { return bankStatuses.copy() }

// Word is the value's word in a language.
func (v BankStatus) Word(l Lang) string { return bankStatuses.Word(string(v), l) }
