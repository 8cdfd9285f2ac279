package config

import (
	"net"
	"strings"
	"time"

	"carryover/exchange"
)

// Clerk is who stands as 经办 on what is made without review.
const Clerk = "系统自动办理"

// Names of the built-in profiles.
const (
	Profile2016 = "2016"
	Profile2021 = "2021"
)

// fill sets the default of every key that was not given.
func (s *Settings) fill() {
	set(&s.Agency.Clerk, Clerk)
	set(&s.Agency.TimeZone, "Asia/Shanghai")
	set(&s.Agency.Language, "zh")
	set(&s.Store.DSN, "carryover.db")
	set(&s.Folders.Spool, "spool")
	set(&s.Folders.Reports, "reports")
	setPointer(&s.Folders.Reserve, 512<<20)
	set(&s.Accounts.RemarkMax, 60)
	set(&s.Accounts.Caps.Notice, Yuan(exchange.DefaultNotice))
	set(&s.Accounts.RemarkIn, "utf-8")
	set(&s.Accounts.Release, ReleaseDual)
	s.Staff.fill()
	set(&s.Calendar.Notices, "holidays")
	set(&s.Seal.Key, SealKey)
	s.Intake.fill()
	set(&s.Receipts.ResendAfter, 72*time.Hour)
	set(&s.Receipts.EscalateAfter, 7*24*time.Hour)
	set(&s.Workers.Partners, 4)
	set(&s.Workers.Files, 4)
	set(&s.Serve.Listen, "127.0.0.1:8420")
	set(&s.Logs.Level, "info")
	set(&s.Logs.Format, "text")
	s.Schedule.fill()
	for _, p := range []*Party{&s.Core, &s.Portal, &s.Bank} {
		set(&p.FilesPerNight, 1000)
		set(&p.BytesPerNight, bytesPerNight)
		p.Drop.fill(s.Workers.Files)
	}
	set(&s.Bank.Carrier, CarrierISO)
	if s.Audit.Drop != nil {
		s.Audit.Drop.fill(s.Workers.Files)
	}
	for i := range s.Partners {
		s.Partners[i].fill(s.Workers.Files)
	}
	for i := range s.Profiles {
		set(&s.Profiles[i].BasedOn, Profile2021)
	}
}

// bytesPerNight is how much is taken in from a party in a pass, unless it says so itself.
const bytesPerNight Size = 4 << 30

func (s *StaffSettings) fill() {
	set(&s.Drops, "drops/staff")
	set(&s.AllowedSigners, "allowed_signers")
	setPointer(&s.Settle, time.Minute)
}

func (n *Intake) fill() {
	setPointer(&n.HeldNights, 5)
	setPointer(&n.StatementsWD, 3)
	set(&n.LargestFile, 1<<30)
	setPointer(&n.NotFoundCap, 20)
	setPointer(&n.Companions, []string{".ok", ".done", ".flg", ".chk", ".md5", ".sha256", ".camelLock"})
}

func (s *Schedule) fill() {
	setPointer(&s.Light.Cron, []string{"*/30 8-17 * * *", "0 18 * * *"})
	set(&s.Light.Days, DaysWorking)
	setList(&s.Light.Jobs, "pull", "process", "remit", "push")
	set(&s.Light.Window, 25*time.Minute)
	setPointer(&s.Nightly.Cron, []string{"0 2 * * *"})
	set(&s.Nightly.Days, DaysAll)
	setList(&s.Nightly.Jobs, "pull", "process", "remit", "report", "push")
	set(&s.Nightly.Window, 4*time.Hour)
}

func (p *PartnerSetting) fill(files int) {
	set(&p.Encoding, "utf-8")
	set(&p.Carrier, "csv")
	set(&p.Settlement, "remitted")
	set(&p.Seal, exchange.SealSigned)
	set(&p.Signers, signersOf(p.Code))
	set(&p.FilesPerNight, 200)
	set(&p.BytesPerNight, bytesPerNight)
	p.Drop.fill(files)
}

func (d *Drop) fill(files int) {
	setPointer(&d.Settle, time.Minute)
	set(&d.After, AfterMove)
	set(&d.Parallel, files)
	set(&d.Paths.In, "in")
	set(&d.Paths.Out, "out")
	set(&d.Paths.Done, d.Paths.In+"/done")
	set(&d.Paths.Bad, d.Paths.In+"/bad")
	if d.SFTP == nil {
		return
	}
	set(&d.SFTP.Root, ".")
	set(&d.SFTP.KnownHosts, "known_hosts")
	set(&d.SFTP.ConnectTimeout, 15*time.Second)
	set(&d.SFTP.StepTimeout, time.Minute)
	if _, _, err := net.SplitHostPort(d.SFTP.Addr); err != nil && d.SFTP.Addr != "" {
		d.SFTP.Addr = net.JoinHostPort(strings.Trim(d.SFTP.Addr, "[]"), "22")
	}
}

func set[T comparable](at *T, value T) {
	var none T
	if *at == none {
		*at = value
	}
}

func setPointer[T any](at **T, value T) {
	if *at == nil {
		*at = &value
	}
}

func setList(at *[]string, values ...string) {
	if len(*at) == 0 {
		*at = values
	}
}
