package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hotbind/hotbind/runtime/audit"
)

func auditCommand(stdout, stderr io.Writer) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Check the audit log of a service",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("there is no audit %s", args[0])
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error { return &usageError{errors.New("no subcommand: want verify")} },
	}
	cmd.AddCommand(verifyCommand(stdout, stderr))
	return usage(cmd)
}

func verifyCommand(stdout, stderr io.Writer) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "verify FILE...",
		Short: "Find lines of an audit log that were removed, edited or moved",
		Long: `Find lines of an audit log that were removed, edited or moved: every line has the hash
of the one before. Of a log that was rotated give all files, the oldest first. The
last one is compared with FILE.head beside it, which tells where lines were cut off
at the end. Nothing is written, and the service may run.

Whoever can write to the folder of the log can make a whole new chain. The hash that
is printed is that of the last line: keep it where they cannot write, and look for it
in the log later.

The exit status is 0, 1 where a line was changed, or 2.`,
		Example: `  hotbind audit verify audit.jsonl
  hotbind audit verify audit.jsonl.2 audit.jsonl.1 audit.jsonl`,
		Args: someFiles,
		RunE: func(_ *cobra.Command, files []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			result, err := audit.Verify(files...)
			if err != nil {
				return plain(err)
			}
			newPrinter(stderr).print(result.Findings)
			if err := printVerified(stdout, format, files, result); err != nil {
				return err
			}
			if len(result.Findings) > 0 {
				return errFindings
			}
			return nil
		},
	}
	formatFlag(cmd, &format)
	return usage(cmd)
}

// printVerified prints what was read. Findings are printed already.
func printVerified(out io.Writer, format string, files []string, r audit.Result) error {
	if format == "json" {
		return printJSON(out, struct {
			Lines    uint64 `json:"lines"`
			First    uint64 `json:"first"`
			Last     uint64 `json:"last"`
			LastHash string `json:"last_hash"`
			Findings int    `json:"findings"`
		}{r.Lines, r.First, r.Last, r.LastHash, len(r.Findings)})
	}
	if len(r.Findings) > 0 {
		return nil
	}
	p := newPainter(out)
	name := visible(strings.Join(files, ", "))
	if r.Lines == 0 {
		p.line(name + ": there is no line")
		return nil
	}
	p.line(fmt.Sprintf("%s: lines %d to %d are as they were written", name, r.First, r.Last))
	p.line("last hash: " + r.LastHash)
	return nil
}
