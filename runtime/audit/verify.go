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

// hashSeparator stands between what a line's hash is of and the hash.
const hashSeparator = `,"hash":"`

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// A line is what Verify reads of one.
type line struct {
	Seq          uint64 `json:"seq"`
	PreviousHash string `json:"previous_hash"`
	Hash         string `json:"hash"`
}

// parse reads a line and checks that it was not edited.
func parse(text []byte) (line, error) {
	at := bytes.LastIndex(text, []byte(hashSeparator))
	var l line
	if err := json.Unmarshal(text, &l); err != nil || at < 0 || !bytes.HasSuffix(text, []byte(hashSeparator+l.Hash+`"}`)) {
		return line{}, errors.New("it is no line of an audit log")
	}
	if hashOf(text[:at]) != l.Hash {
		return line{}, fmt.Errorf("%w: the line was edited, its hash is that of another text", ErrTampered)
	}
	return l, nil
}

// A Result is what [Verify] found.
type Result struct {
	Lines    uint64 // that were read
	First    uint64 // Seq of the first one; 0: there is none
	Last     uint64 // Seq and hash of the last one
	LastHash string
	Findings document.Findings // empty: nothing was removed, edited or moved
}

// Verify reads the files of a log, oldest first. FILE.head beside the last one, if it
// exists, has the line that must be there at least. The log may be written meanwhile. It
// fails if a file cannot be read.
func Verify(files ...string) (Result, error) {
	if len(files) == 0 {
		return Result{}, nil
	}
	// The head is written after its line: read before the files, it is in them.
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
		v.find(fmt.Sprintf("the log ends with line %d, and line %d was written: lines were cut off", v.Last, h.Seq))
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

// lines checks the lines of a file that had an end when it was opened. A part of a line
// behind that is being written.
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

// patience is how long a line that has no end may take to get it.
const patience = 10 * time.Millisecond

// readLine reads a line with its end. One without an end, which may be being written,
// is read twice.
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
		v.find("the line has no end: whoever wrote it was stopped, or it was cut off")
		return
	}
	l, err := parse(text)
	switch {
	case err != nil && !errors.Is(err, ErrTampered):
		v.find(err.Error())
		return
	case err != nil:
		v.find("the line was edited: its hash is that of another text")
		// Its number and hash are as they were, or the next line says so.
		if json.Unmarshal(text, &l) != nil {
			return
		}
	}
	v.chain(l)
	if v.head.Seq > 0 && l.Seq == v.head.Seq && l.Hash != v.head.Hash {
		v.find(fmt.Sprintf("line %d is not the one that was written", l.Seq))
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
		v.find("the first line follows another one")
	case v.First == 0:
		v.find(fmt.Sprintf("the log begins with line %d: the lines before were removed, or are in a file that was rotated away and is not given", l.Seq))
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
