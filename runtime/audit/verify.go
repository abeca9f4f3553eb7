package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/hotbind/hotbind/runtime/document"
)

// hashSeparator separates the hashed part of a line from the hash.
const hashSeparator = `,"hash":"`

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// A line holds the fields of a line that Verify needs.
type line struct {
	Seq          uint64 `json:"seq"`
	PreviousHash string `json:"previous_hash"`
	Hash         string `json:"hash"`
}

// parse parses a line and checks its hash.
func parse(text []byte) (line, error) {
	at := bytes.LastIndex(text, []byte(hashSeparator))
	var l line
	if err := json.Unmarshal(text, &l); err != nil || at < 0 || !bytes.HasSuffix(text, []byte(hashSeparator+l.Hash+`"}`)) {
		return line{}, errors.New("not a line of an audit log")
	}
	if hashOf(text[:at]) != l.Hash {
		return line{}, fmt.Errorf("%w: the line was edited: its hash does not match", ErrTampered)
	}
	return l, nil
}

// A Result is the result of [Verify].
type Result struct {
	Lines    uint64 // number of lines read
	First    uint64 // Seq of the first line, or 0 if there is none
	Last     uint64 // Seq and hash of the last line
	LastHash string
	Findings document.Findings // empty if no line was removed, edited or moved
}

// Verify checks the files of a log, oldest first. If FILE.head exists beside the last
// file, the log must contain at least the line that it names. Another process may write
// the log at the same time. Verify fails if a file cannot be read.
func Verify(files ...string) (Result, error) {
	if len(files) == 0 {
		return Result{}, nil
	}
	// The head is written after its line, so a head read first is in the files.
	h, err := readHead(files[len(files)-1])
	if err != nil {
		return Result{}, err
	}
	v := verifying{head: h}
	for _, name := range files {
		if err := v.file(name); err != nil {
			return Result{}, err
		}
	}
	if h.Seq > v.Last {
		v.find(fmt.Sprintf("the log ends with line %d, but line %d was written: lines were cut off", v.Last, h.Seq))
	}
	return v.Result, nil
}

// verifying is the state of one Verify.
type verifying struct {
	Result
	head head
	pos  document.Position
}

func (v *verifying) find(message string) {
	v.Findings = append(v.Findings, document.Finding{Pos: v.pos, Path: "(audit log)", Message: message})
}

func (v *verifying) file(name string) error {
	if err := mustBeRegular(name); err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	v.pos = document.Position{File: name, Column: 1}
	return v.lines(bufio.NewReader(f), info.Size())
}

// lines checks the lines of a file up to end, its size when it was opened. An incomplete
// line after that is still being written.
func (v *verifying) lines(r *bufio.Reader, end int64) error {
	from := int64(0)
	for {
		text, err := readLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if len(text) > 0 && (err == nil || from < end) {
			v.pos.Line++
			v.line(text)
		}
		if err != nil {
			return nil
		}
		from += int64(len(text))
	}
}

// patience is the time that an incomplete line may take to be completed.
const patience = 10 * time.Millisecond

// readLine reads a line with its newline. It retries once for an incomplete line, which
// another process may be writing.
func readLine(r *bufio.Reader) ([]byte, error) {
	text, err := r.ReadBytes('\n')
	if len(text) > 0 && errors.Is(err, io.EOF) {
		time.Sleep(patience)
		var rest []byte
		rest, err = r.ReadBytes('\n')
		text = append(text, rest...)
	}
	return text, err
}

// line checks one line against the one before.
func (v *verifying) line(text []byte) {
	v.Lines++
	text, ended := bytes.CutSuffix(text, []byte("\n"))
	if !ended {
		v.find("the line is incomplete: its writer was stopped, or the file was cut off")
		return
	}
	l, err := parse(text)
	switch {
	case err != nil && !errors.Is(err, ErrTampered):
		v.find(err.Error())
		return
	case err != nil:
		v.find("the line was edited: its hash does not match")
		// If its number or hash was edited too, the next line does not match.
		if json.Unmarshal(text, &l) != nil {
			return
		}
	}
	v.chain(l)
	if v.head.Seq > 0 && l.Seq == v.head.Seq && l.Hash != v.head.Hash {
		v.find(fmt.Sprintf("line %d differs from the one that was written", l.Seq))
	}
	if v.First == 0 {
		v.First = l.Seq
	}
	v.Last, v.LastHash = l.Seq, l.Hash
}

// chain checks that l follows the last line.
func (v *verifying) chain(l line) {
	switch {
	case v.First == 0 && l.Seq == 1 && l.PreviousHash == "":
	case v.First == 0 && l.Seq == 1:
		v.find("the first line refers to an earlier one")
	case v.First == 0:
		v.find(fmt.Sprintf("the log begins with line %d: earlier lines were removed, or are in a rotated file that was not passed", l.Seq))
	case l.Seq <= v.Last:
		v.find(fmt.Sprintf("line %d follows line %d: lines were moved or duplicated", l.Seq, v.Last))
	case l.Seq == v.Last+2:
		v.find(fmt.Sprintf("line %d was removed", v.Last+1))
	case l.Seq > v.Last+1:
		v.find(fmt.Sprintf("lines %d to %d were removed", v.Last+1, l.Seq-1))
	case l.PreviousHash != v.LastHash:
		v.find(fmt.Sprintf("line %d does not continue line %d", l.Seq, v.Last))
	}
}
