// Seccompgen writes, as Go source, the seccomp programs that Caisson's sentry and gofer install at start.
//
//	seccompgen <file.go for the sentry> <file.go for the gofer>
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"sort"
	"strings"

	"gvisor.dev/gvisor/pkg/seccomp/precompiledseccomp"
	sentry "gvisor.dev/gvisor/runsc/boot/filter/config"
	gofer "gvisor.dev/gvisor/runsc/fsgofer/filter/config"
)

// What of a program's name, which lists its options, must and must not occur for how Caisson starts sandboxes.
type choice struct {
	with, without []string
	count         int
}

var (
	// The systrap platform, gVisor's own network stack, no device passed through; host files opened directly or not.
	forSentry = choice{
		with:    []string{`Platform="systrap"`},
		without: []string{"HostNetwork=true", "Proxy=true"},
		count:   2,
	}
	// No sockets of the host, no C library; host files opened directly or not, files served by the gofer or not.
	forGofer = choice{
		with:    []string{"UDSOpenEnabled=false", "UDSCreateEnabled=false", "ProfileEnabled=false", "CgoEnabled=false"},
		without: []string{},
		count:   4,
	}
)

func main() {
	if len(os.Args) != 3 {
		fail("usage: seccompgen <file.go for the sentry> <file.go for the gofer>")
	}
	write(os.Args[1], forSentry, sentry.PrecompiledPrograms)
	write(os.Args[2], forGofer, gofer.PrecompiledPrograms)
}

func write(file string, choice choice, compile func() ([]precompiledseccomp.Program, error)) {
	programs, err := compile()
	if err != nil {
		fail("cannot compile the seccomp programs for %s: %v", file, err)
	}
	var chosen []precompiledseccomp.Program
	for _, program := range programs {
		if choice.fits(program.Name) {
			chosen = append(chosen, program)
		}
	}
	if len(chosen) != choice.count {
		fail("%d of %d seccomp programs fit for %s, not %d: the names have changed, e.g. %s",
			len(chosen), len(programs), file, choice.count, programs[0].Name)
	}
	sort.Slice(chosen, func(i, j int) bool { return chosen[i].Name < chosen[j].Name })
	source, err := format.Source(render(chosen))
	if err != nil {
		fail("cannot format %s: %v", file, err)
	}
	if err := os.WriteFile(file, source, 0o644); err != nil {
		fail("%v", err)
	}
}

func (c choice) fits(name string) bool {
	for _, part := range c.with {
		if !strings.Contains(name, part) {
			return false
		}
	}
	for _, part := range c.without {
		if strings.Contains(name, part) {
			return false
		}
	}
	return true
}

func render(programs []precompiledseccomp.Program) []byte {
	var out bytes.Buffer
	out.WriteString("// Made by seccompgen from the pinned gVisor module.\n\npackage main\n\n")
	out.WriteString("import \"gvisor.dev/gvisor/pkg/seccomp/precompiledseccomp\"\n\n")
	out.WriteString("var generated = []precompiledseccomp.Program{\n")
	for _, program := range programs {
		fmt.Fprintf(&out, "{\nName: %q,\nBytecode32: %#v,\nVarOffsets: %#v,\n},\n",
			program.Name, program.Bytecode32, program.VarOffsets)
	}
	out.WriteString("}\n")
	return out.Bytes()
}

func fail(form string, values ...any) {
	fmt.Fprintf(os.Stderr, "seccompgen: "+form+"\n", values...)
	os.Exit(1)
}
