package samples

import (
	"bytes"
	"testing"

	"carryover/exchange/code"
	"carryover/exchange/seal"
)

// signersName is the file of a sequence that is worked with seal: signed: who
// may sign for ConfigPartner. Sequences without it are worked with seal: off.
const signersName = "allowed_signers"

// The partner's key in the examples. It is published here: a TEST KEY, for
// nothing else. The second one is nobody's.
const (
	testKey = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACCPRBSPCvLOkBGD5DIPP8TxDFYE8n4KWFEj13Dio0AQ+gAAAKBr+fG8a/nx
vAAAAAtzc2gtZWQyNTUxOQAAACCPRBSPCvLOkBGD5DIPP8TxDFYE8n4KWFEj13Dio0AQ+g
AAAEBT1RdsTRck2QSGKwMq4XuayXAktYO/pBJ/k+UconQjKo9EFI8K8s6QEYPkMg8/xPEM
VgTyfgpYUSPXcOKjQBD6AAAAGFRFU1QgS0VZIG9mIHRoZSBleGFtcGxlcwECAwQF
-----END OPENSSH PRIVATE KEY-----`
	strangerKey = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACBVU8x6NVeBVjggHI1cVxIRy6/IzCrMdAyMpmiGEoMeVgAAAKD0Tg0Y9E4N
GAAAAAtzc2gtZWQyNTUxOQAAACBVU8x6NVeBVjggHI1cVxIRy6/IzCrMdAyMpmiGEoMeVg
AAAEB6JbUuqde4XsOJyDwZNvK6dwhPNCcOqs2fikJ32J3uqlVTzHo1V4FWOCAcjVxXEhHL
r8jMKsx0DIymaIYSgx5WAAAAGFRFU1QgS0VZIG9mIHRoZSBleGFtcGxlcwECAwQF
-----END OPENSSH PRIVATE KEY-----`
	testSigners = `310100 namespaces="carryover" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII9EFI8K8s6QEYPkMg8/xPEMVgTyfgpYUSPXcOKjQBD6 TEST KEY of the examples, for nothing else` + "\n"
)

func signedBy(t testing.TB, pem string) func([]byte) []byte {
	return func(file []byte) []byte {
		t.Helper()
		key, err := seal.ParseKey([]byte(pem), nil)
		if err != nil {
			t.Fatal(err)
		}
		sig, err := key.Sign(bytes.NewReader(file), seal.NamespaceBatch)
		if err != nil {
			t.Fatal(err)
		}
		return sig
	}
}

// sealedStory has one fault of the seal a day, the same letters under the
// same number, and at last the right signature.
func sealedStory(t testing.TB) story {
	good, stranger := signedBy(t, testKey), signedBy(t, strangerKey)
	step := func(day string, fault code.Fault, sign func([]byte) []byte) storyStep {
		return storyStep{
			day: day, party: ConfigPartner, kind: "contact-letter", set: sent("2026-03-03", 1), told: []string{"rejected " + string(fault)}, sign: sign,
		}
	}
	missing := step("2026-03-03", code.SignatureMissing, nil)
	altered := step("2026-03-04", code.SignatureWrong, good)
	altered.alter = func(file []byte) []byte {
		return bytes.Replace(file, []byte(",2026-03-03,"), []byte(",2026-03-02,"), 1)
	}
	unknown := step("2026-03-05", code.UnknownSigner, stranger)
	renamed := step("2026-03-06", code.WrongEnvelope, good)
	renamed.as = "contact-letter_310100_320500_20260303_000002.csv"
	right := step("2026-03-09", "", good)
	right.told = accepted(letterNo(1), letterNo(2), letterNo(3))
	return story{
		"sealed", "签名缺失、与内容不符、签名人未登记、改名重放，最后签名正确 / a signature missing, wrong, by a stranger, replayed under another name, and at last right",
		[]storyStep{missing, altered, unknown, renamed, right},
	}
}
