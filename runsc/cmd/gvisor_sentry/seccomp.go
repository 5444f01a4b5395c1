package main

import (
	_ "unsafe" // for go:linkname

	"gvisor.dev/gvisor/pkg/seccomp/precompiledseccomp"
	"gvisor.dev/gvisor/runsc/boot/filter"
)

// The published module carries an empty table of seccomp programs, so that each sentry would compile its own at start
// (19 ms). The table is filled here with what seccompgen made from the same module.
//
//go:linkname programs gvisor.dev/gvisor/runsc/boot/filter.precompiledPrograms
var programs map[string]precompiledseccomp.Program

func init() {
	// The first look-up replaces the table by an empty one, once; it must be over before the table is filled.
	filter.GetPrecompiled("")
	for _, program := range generated {
		programs[program.Name] = program
	}
}
