package main

import (
	_ "unsafe" // for go:linkname

	"gvisor.dev/gvisor/pkg/seccomp/precompiledseccomp"
	"gvisor.dev/gvisor/runsc/fsgofer/filter"
)

// The published module carries an empty table of seccomp programs, so that each gofer would compile its own at start.
// The table is filled here with what seccompgen made from the same module.
//
//go:linkname programs gvisor.dev/gvisor/runsc/fsgofer/filter.precompiledPrograms
var programs map[string]precompiledseccomp.Program

func init() {
	// The first look-up replaces the table by an empty one, once; it must be over before the table is filled.
	filter.GetPrecompiled("")
	for _, program := range generated {
		programs[program.Name] = program
	}
}
