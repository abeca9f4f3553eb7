package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hotbind/hotbind/examples/operations/settings"
)

// A console answers an operator. The relay's log shows the changes, so that an answer
// contains only the outcome.
type console struct {
	live   *settings.Live
	screen *screen
}

// A command is a command of the operator.
type command struct {
	name, args, help string
	do               func(c *console, ctx context.Context, args []string) (answer string, err error)
}

var errUsage = errors.New("usage")

// greet prints the revision in force and the environment.
func (c *console) greet() {
	s := c.live.Manager().Status()
	c.screen.print(fmt.Sprintf("revision %d is in force, the environment is %s; type help for a list of commands", s.Revision.ID, s.Environment))
}

// do executes one line and reports whether to read another.
func (c *console) do(ctx context.Context, line string) (more bool) {
	words := strings.Fields(line)
	if len(words) == 0 {
		return true
	}
	if words[0] == "quit" || words[0] == "exit" {
		return false
	}
	for _, cmd := range commands() {
		if cmd.name != words[0] {
			continue
		}
		c.screen.begin()
		answer, err := cmd.do(c, ctx, words[1:])
		switch {
		case errors.Is(err, errUsage):
			c.screen.print(strings.TrimSpace("usage: " + cmd.name + " " + cmd.args))
		case err != nil:
			c.screen.print("no: " + err.Error())
		default:
			c.screen.print(strings.TrimRight(answer, "\n"))
		}
		return true
	}
	c.screen.print(fmt.Sprintf("unknown command %s; type help for a list", words[0]))
	return true
}
