// Package parts looks into a workbook's zip before a reader of workbooks does, and refuses
// what readers do not agree about or what is too much for one: a part that stands there
// twice, of which one program shows the first and another works the last; names that lead
// out of the archive; encrypted parts; more parts, or more bytes unpacked, than a workbook
// of people has; a part that has one name in the directory and another before its bytes. It unpacks nothing, and knows nothing of sheets.
package parts

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io/fs"
	"slices"
	"strings"
)

// Most is how many parts a workbook may have.
const Most = 10_000

// Fault is why an archive is refused, in both languages.
type Fault struct {
	Chinese, English string
	TooLarge         bool // it is more than may be read; else it cannot be read
}

// Error is the reason in both languages.
func (f *Fault) Error() string { return f.Chinese + " / " + f.English }

var (
	// Broken is what cannot be unpacked or read.
	Broken    = &Fault{Chinese: "不是可读的工作簿（.xlsx），文件可能已损坏", English: "not a readable workbook (.xlsx); it may be broken"}
	encrypted = &Fault{Chinese: "工作簿已加密，或为旧格式（.xls、.et），请另存为不加密的 .xlsx", English: "the workbook is encrypted, or of an old kind (.xls, .et): save it as .xlsx without a password"}
	twice     = &Fault{Chinese: "工作簿中有重名的部件，各程序读到的内容可能不同，请另存后重交", English: "a part stands twice in the workbook, so that programs read different things: save it anew"}
	renamed   = &Fault{Chinese: "工作簿中有部件的前后名称不一，各程序读到的内容可能不同，请另存后重交", English: "a part of the workbook has two names, so that programs read different things: save it anew"}
	outside   = &Fault{Chinese: "工作簿中有部件名称不合规", English: "a part of the workbook has a name that leads out of it"}
	tooMany   = &Fault{Chinese: "工作簿的部件过多", English: "the workbook has too many parts", TooLarge: true}
	tooLarge  = &Fault{Chinese: "工作簿解压后过大", English: "the workbook unpacks to too much", TooLarge: true}
)

// How a workbook that is no zip begins: encrypted, or of the old kind.
var ole = []byte{0xD0, 0xCF, 0x11, 0xE0}

// directory begins each entry of a zip's directory.
var directory = []byte("PK\x01\x02")

// The flags of a part that is encrypted, strongly, or whose names are.
const encryptedFlags = 1<<0 | 1<<6 | 1<<13

// Check returns the parts of a workbook that may unpack to unpacked bytes, as they say
// themselves; one that lies is stopped while it unpacks. The error is a *Fault.
func Check(data []byte, unpacked int64) ([]*zip.File, error) {
	switch {
	case bytes.HasPrefix(data, ole):
		return nil, encrypted
	case bytes.Count(data, directory) > Most: // before room is made for them
		return nil, tooMany
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, Broken
	}
	left := uint64(unpacked)
	seen := make(map[string]bool, len(z.File))
	for _, f := range z.File {
		name := Name(f)
		switch {
		case !fs.ValidPath(name) || strings.ContainsRune(name, 0):
			return nil, outside
		case seen[name]:
			return nil, twice
		case f.Flags&encryptedFlags != 0:
			return nil, encrypted
		case f.UncompressedSize64 > left:
			return nil, tooLarge
		}
		seen[name] = true
		left -= f.UncompressedSize64
	}
	return z.File, oneName(data, z.File)
}

// local begins the header before the bytes of a part, which the length of its name, that of
// what else stands there, and the name end.
const (
	local      = "PK\x03\x04"
	localNames = 26
	localFixed = 30
)

// oneName refuses parts whose header has another name than the directory. Where a header begins
// the reader does not say, only where it ends: all that end there are looked at.
func oneName(data []byte, list []*zip.File) error {
	names := make(map[int]string, len(list))
	for _, f := range list {
		at, err := f.DataOffset()
		if err != nil {
			return Broken
		}
		if other, ok := names[int(at)]; ok && other != f.Name {
			return renamed
		}
		names[int(at)] = f.Name
	}
	for at := 0; ; at++ {
		next := bytes.Index(data[at:], []byte(local))
		if at += next; next < 0 || at+localFixed > len(data) {
			return nil
		}
		name := int(binary.LittleEndian.Uint16(data[at+localNames:]))
		end := at + localFixed + name + int(binary.LittleEndian.Uint16(data[at+localNames+2:]))
		if want, ok := names[end]; ok && string(data[at+localFixed:][:name]) != want {
			return renamed
		}
	}
}

// Name is a part's name as readers compare it: without case, and with the slashes of
// either system.
func Name(f *zip.File) string {
	return strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/")), "/")
}

// Macros reports whether a workbook holds macros.
func Macros(list []*zip.File) bool {
	return slices.ContainsFunc(list, func(f *zip.File) bool { return strings.HasSuffix(Name(f), "vbaproject.bin") })
}
