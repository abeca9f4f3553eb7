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
				return fmt.Errorf("unknown subcommand %q: want verify", args[0])
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
		Short: "Find removed, edited or moved lines in an audit log",
		Long: `Find removed, edited or moved lines in an audit log. Each line holds the hash of the
line before it. For a rotated log, name all files, oldest first. The last file is
compared with FILE.head beside it, which shows whether lines are missing at the end.
Nothing is written; the service may be running.

Anyone who can write to the log's folder can forge a complete chain. The command prints
the hash of the last line: store it where they cannot write, and check later that the
log still contains it.

The exit status is 0 if the log is intact, 1 if it is not, and 2 for wrong usage or a
file that cannot be read.`,
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

// printVerified prints the verified range. Findings are already printed.
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
		p.line(name + ": no lines")
		return nil
	}
	p.line(fmt.Sprintf("%s: lines %d to %d are intact", name, r.First, r.Last))
	p.line("last hash: " + r.LastHash)
	return nil
}
