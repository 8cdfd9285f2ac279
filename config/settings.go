package config

import (
	"time"

	"carryover/exchange/calendar"
)

// Settings is the configuration file: one struct, every key of which stands,
// explained, in example.yaml. The comments there are the keys' documentation;
// Schema and Init take their words from them. Pointers mark keys whose zero
// value differs from their default; after Load none of them is nil.
type Settings struct {
	Agency    AgencySettings    `yaml:"agency"`
	Rehearsal bool              `yaml:"rehearsal,omitempty"`
	Store     StoreSettings     `yaml:"store,omitempty"`
	Folders   FolderSettings    `yaml:"folders,omitempty"`
	Accounts  AccountSettings   `yaml:"accounts"`
	Profiles  []ProfileSetting  `yaml:"profiles,omitempty"`
	Limits    map[string]Limit  `yaml:"limits,omitempty"`
	Review    map[string]string `yaml:"review,omitempty"`
	Calendar  CalendarSettings  `yaml:"calendar,omitempty"`
	Areas     AreaSettings      `yaml:"areas,omitempty"`
	Seal      SealSettings      `yaml:"seal,omitempty"`
	Core      Party             `yaml:"core"`
	Portal    Party             `yaml:"portal"`
	Bank      Party             `yaml:"bank"`
	Partners  []PartnerSetting  `yaml:"partners"`
	Staff     StaffSettings     `yaml:"staff,omitempty"`
	Audit     AuditSettings     `yaml:"audit,omitempty"`
	Schedule  Schedule          `yaml:"schedule,omitempty"`
	Intake    Intake            `yaml:"intake,omitempty"`
	Receipts  Receipts          `yaml:"receipts,omitempty"`
	Workers   Workers           `yaml:"workers,omitempty"`
	Serve     ServeSettings     `yaml:"serve,omitempty"`
	Logs      Logs              `yaml:"logs,omitempty"`
}

// AgencySettings is who we are.
type AgencySettings struct {
	Code     string `yaml:"code"`
	Name     string `yaml:"name"`
	Address  string `yaml:"address,omitempty"`
	PostCode string `yaml:"post_code,omitempty"`
	Contact  string `yaml:"contact,omitempty"`
	Phone    string `yaml:"phone,omitempty"`
	Clerk    string `yaml:"clerk,omitempty"`
	Checker  string `yaml:"checker"`
	TimeZone string `yaml:"time_zone,omitempty"`
	Language string `yaml:"language,omitempty"`
	MaskIDs  bool   `yaml:"mask_ids,omitempty"`
}

// StoreSettings is where cases, journal and ledger are kept: a file, or
// postgres://… without a password in it.
type StoreSettings struct {
	DSN          string `yaml:"dsn,omitempty"`
	PasswordFile string `yaml:"password_file,omitempty"`
	PasswordEnv  string `yaml:"password_env,omitempty"`
}

// FolderSettings are our own folders, relative to the configuration's folder.
type FolderSettings struct {
	Spool   string `yaml:"spool,omitempty"`
	Reports string `yaml:"reports,omitempty"`
	Reserve *Size  `yaml:"reserve,omitempty"`
}

// AccountSettings is everything about money.
type AccountSettings struct {
	Own         []Account `yaml:"own"`
	Payer       Account   `yaml:"payer"`
	Caps        Caps      `yaml:"caps,omitempty"`
	RemarkMax   int       `yaml:"remark_max,omitempty"`
	RemarkIn    string    `yaml:"remark_charset,omitempty"`
	FundsClosed []Period  `yaml:"funds_closed,omitempty"`
	Others      []Other   `yaml:"others,omitempty"`
	Release     string    `yaml:"release"`
}

// How payments are released: by two officers' signatures, or, where every drop
// is on this machine, by themselves.
const (
	ReleaseDual      = "dual"
	ReleaseAutomatic = "automatic"
)

// Account is one bank account.
type Account struct {
	Holder    string        `yaml:"holder"`
	Bank      string        `yaml:"bank"`
	AccountNo string        `yaml:"account_no"`
	CNAPS     string        `yaml:"cnaps"`
	ValidFrom calendar.Date `yaml:"valid_from,omitempty"`
	ValidTo   calendar.Date `yaml:"valid_to,omitempty"`
	Schemes   []string      `yaml:"schemes,omitempty"`
	Use       string        `yaml:"use,omitempty"`
}

// How an account of ours is used: for transfers alone, or others' business, too.
const (
	UseTransfers = "transfers"
	UseShared    = "shared"
)

// Other is a rule by which entries of our accounts are no transfers.
type Other struct {
	AccountNo string `yaml:"account_no,omitempty"`
	Text      string `yaml:"text,omitempty"`
	Reason    string `yaml:"reason"`
}

// Caps are amounts above which a payment waits, a file is divided, or signers are told.
type Caps struct {
	Payment Yuan `yaml:"payment,omitempty"`
	File    Yuan `yaml:"file,omitempty"`
	Record  Yuan `yaml:"record,omitempty"`
	Notice  Yuan `yaml:"notice,omitempty"`

	PartnerDay    Yuan `yaml:"partner_day,omitempty"`
	NewAccountDay Yuan `yaml:"new_account_day,omitempty"`
}

// Period is a range of dates, both ends included.
type Period struct {
	From calendar.Date `yaml:"from"`
	To   calendar.Date `yaml:"to"`
}

// ProfileSetting is an own rule profile; what it does not say it takes from
// the built-in one that it is based on.
type ProfileSetting struct {
	Name             string    `yaml:"name"`
	BasedOn          string    `yaml:"based_on,omitempty"`
	LetterWD         *int      `yaml:"letter_wd,omitempty"`
	AnswerWD         *int      `yaml:"answer_wd,omitempty"`
	CloseWD          *int      `yaml:"close_wd,omitempty"`
	MonthsWD         *int      `yaml:"months_wd,omitempty"`
	AccountWD        *int      `yaml:"account_wd,omitempty"`
	CountFromNextDay *bool     `yaml:"count_from_next_day,omitempty"`
	StopsClock       *[]string `yaml:"stops_clock,omitempty"`
	Arrears          string    `yaml:"arrears,omitempty"`
	NoCertificate    string    `yaml:"no_certificate,omitempty"`
	Retirees         *bool     `yaml:"retirees,omitempty"`
	NotFoundWD       *int      `yaml:"not_found_wd,omitempty"`
}

// Limit overrides a row of the table of owners and limits (exchange.Turns).
type Limit struct {
	Owner string `yaml:"owner,omitempty"`
	WD    int    `yaml:"wd"`
}

// CalendarSettings adds to the built-in holiday calendars.
type CalendarSettings struct {
	Notices   string     `yaml:"notices,omitempty"`
	LocalDays []LocalDay `yaml:"local_days,omitempty"`
}

// LocalDay is a day off, or a make-up working day, of this place alone.
type LocalDay struct {
	Date calendar.Date `yaml:"date"`
	Off  bool          `yaml:"off"`
	Name string        `yaml:"name"`
}

// AreaSettings adds to the built-in area codes.
type AreaSettings struct {
	Allow []Area `yaml:"allow,omitempty"`
}

// Area is a repealed code that old ID numbers and partners still carry.
type Area struct {
	Code string `yaml:"code"`
	Name string `yaml:"name"`
}

// SealSettings are the keys by which we sign what partners get: one, and from
// a day on its successor.
type SealSettings struct {
	Key      string        `yaml:"key,omitempty"`
	NextKey  string        `yaml:"next_key,omitempty"`
	NextFrom calendar.Date `yaml:"next_from,omitempty"`
}

// Party is one of the agency's own parties: core, portal or bank.
type Party struct {
	Drop          Drop       `yaml:"drop"`
	Expected      []Expected `yaml:"expected,omitempty"`
	FilesPerNight int        `yaml:"files_per_night,omitempty"`
	BytesPerNight Size       `yaml:"bytes_per_night,omitempty"`
	Carrier       string     `yaml:"carrier,omitempty"`      // of the bank only
	ReturnWords   []string   `yaml:"return_words,omitempty"` // of the bank only
}

// Carriers of what is exchanged with the bank.
const (
	CarrierISO      = "iso"
	CarrierWorkbook = "workbook"
)

// PartnerSetting is another agency and what was agreed with it.
type PartnerSetting struct {
	Code          string     `yaml:"code"`
	Name          string     `yaml:"name"`
	Profile       string     `yaml:"profile"`
	Encoding      string     `yaml:"encoding,omitempty"`
	Carrier       string     `yaml:"carrier,omitempty"`
	Settlement    string     `yaml:"settlement,omitempty"`
	LumpSum       bool       `yaml:"lump_sum,omitempty"`
	Post          bool       `yaml:"post,omitempty"`
	Seal          string     `yaml:"seal,omitempty"`
	Signers       string     `yaml:"signers,omitempty"`
	Accounts      []Account  `yaml:"accounts"`
	Drop          Drop       `yaml:"drop"`
	Expected      []Expected `yaml:"expected,omitempty"`
	FilesPerNight int        `yaml:"files_per_night,omitempty"`
	BytesPerNight Size       `yaml:"bytes_per_night,omitempty"`
}

// StaffSettings are the officers, their folders and their keys.
type StaffSettings struct {
	Drops          string           `yaml:"drops,omitempty"`
	AllowedSigners string           `yaml:"allowed_signers,omitempty"`
	Settle         *time.Duration   `yaml:"settle,omitempty"`
	RecoveryKeys   []string         `yaml:"recovery_keys,omitempty"`
	Officers       []OfficerSetting `yaml:"officers,omitempty"`
}

// AuditSettings is where checkpoints of the store are kept outside of this machine.
type AuditSettings struct {
	Drop *Drop `yaml:"drop,omitempty"`
}

// OfficerSetting is one officer.
type OfficerSetting struct {
	Name     string   `yaml:"name"`
	FullName string   `yaml:"full_name"`
	Roles    []string `yaml:"roles"`
}

// Expected is a file that a party leaves by a time of day on working days.
type Expected struct {
	Kind string `yaml:"kind"`
	By   string `yaml:"by"`
}

// Days on which a pass runs.
const (
	DaysWorking = "working"
	DaysAll     = "all"
)

// Drop is an exchange folder: a local one, or one on an SFTP server.
type Drop struct {
	Local    string         `yaml:"local,omitempty"`
	SFTP     *SFTP          `yaml:"sftp,omitempty"`
	Paths    Paths          `yaml:"paths,omitempty"`
	Settle   *time.Duration `yaml:"settle,omitempty"`
	After    string         `yaml:"after,omitempty"`
	Parallel int            `yaml:"parallel,omitempty"`
	Quirks   Quirks         `yaml:"quirks,omitempty"`
}

// What is done with a file in the drop once it is ours.
const (
	AfterMove   = "move"
	AfterDelete = "delete"
	AfterLeave  = "leave"
)

// SFTP is how a partner's server is reached and recognised.
type SFTP struct {
	Addr           string        `yaml:"addr"`
	User           string        `yaml:"user"`
	Root           string        `yaml:"root,omitempty"`
	Key            string        `yaml:"key,omitempty"`
	Agent          bool          `yaml:"agent,omitempty"`
	PasswordFile   string        `yaml:"password_file,omitempty"`
	PasswordEnv    string        `yaml:"password_env,omitempty"`
	KnownHosts     string        `yaml:"known_hosts,omitempty"`
	Legacy         []string      `yaml:"legacy,omitempty"`
	ConnectTimeout time.Duration `yaml:"connect_timeout,omitempty"`
	StepTimeout    time.Duration `yaml:"step_timeout,omitempty"`
}

// Paths are the four folders below a drop's root, and the one into which the
// other side moves what it has taken, where it does so.
type Paths struct {
	In      string `yaml:"in,omitempty"`
	Out     string `yaml:"out,omitempty"`
	Done    string `yaml:"done,omitempty"`
	Bad     string `yaml:"bad,omitempty"`
	OutDone string `yaml:"out_done,omitempty"`
}

// Quirks are what a server cannot do.
type Quirks struct {
	PlainRename bool `yaml:"plain_rename,omitempty"`
	Sequential  bool `yaml:"sequential,omitempty"`
	ReadOnce    bool `yaml:"read_once,omitempty"`
}

// Schedule is when work is done by itself.
type Schedule struct {
	Light   Pass `yaml:"light,omitempty"`
	Nightly Pass `yaml:"nightly,omitempty"`
}

// Pass is one kind of pass: when it starts, what it does, how long it may take.
type Pass struct {
	Cron   *[]string     `yaml:"cron,omitempty"`
	Days   string        `yaml:"days,omitempty"`
	Jobs   []string      `yaml:"jobs,omitempty"`
	Window time.Duration `yaml:"window,omitempty"`
}

// Intake bounds what is taken in.
type Intake struct {
	HeldNights   *int      `yaml:"held_nights,omitempty"`
	NotFoundCap  *int      `yaml:"not_found_cap,omitempty"`
	StatementsWD *int      `yaml:"statements_wd,omitempty"`
	LargestFile  Size      `yaml:"largest_file,omitempty"`
	Companions   *[]string `yaml:"companions,omitempty"`
}

// Receipts says when a file that nobody acknowledged is sent again.
type Receipts struct {
	ResendAfter   time.Duration `yaml:"resend_after,omitempty"`
	EscalateAfter time.Duration `yaml:"escalate_after,omitempty"`
}

// Workers bounds what goes on at once.
type Workers struct {
	Partners int `yaml:"partners,omitempty"`
	Files    int `yaml:"files,omitempty"`
}

// ServeSettings is where the scheduler answers about its health.
type ServeSettings struct {
	Listen string `yaml:"listen,omitempty"`
}

// Logs says how much is logged, and in which form.
type Logs struct {
	Level  string `yaml:"level,omitempty"`
	Format string `yaml:"format,omitempty"`
}
