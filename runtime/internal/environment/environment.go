// Package environment detects the environment that a program runs in.
package environment

import (
	"os"
	"strings"
)

// variables name the environment that a program runs in; the first one that is not empty
// counts.
var variables = [...]string{"HOTBIND_ENV", "APP_ENV", "ENVIRONMENT", "GO_ENV"}

// Detect returns the name of the environment that the program runs in, such as
// "production", and the variable that sets it: the first of HOTBIND_ENV, APP_ENV,
// ENVIRONMENT and GO_ENV that is not empty. Both are "" if all are empty.
func Detect() (name, variable string) {
	for _, variable := range variables {
		if name := os.Getenv(variable); name != "" {
			return name, variable
		}
	}
	return "", ""
}

// IsProduction reports whether an environment of this name counts as production:
// production or prod, in any case.
func IsProduction(environment string) bool {
	return strings.EqualFold(environment, "production") || strings.EqualFold(environment, "prod")
}
