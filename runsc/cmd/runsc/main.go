// Runsc is gVisor's command-line tool reduced to the subcommands that Caisson's engine calls and a person debugging it
// needs. Unlike the upstream program it embeds no other binaries: the sentry and its prewarmer lie in gvisor-bin/ beside it.
package main

import (
	"gvisor.dev/gvisor/runsc/cli"
	"gvisor.dev/gvisor/runsc/cmd"
	"gvisor.dev/gvisor/runsc/cmd/util"
)

const (
	lifecycle = "lifecycle"
	inspect   = "inspection"
	internal  = "internal use only"
)

func main() {
	cli.Run(nil, map[util.SubCommand]string{
		new(cmd.Create):     lifecycle,
		new(cmd.Start):      lifecycle,
		new(cmd.Run):        lifecycle,
		new(cmd.Exec):       lifecycle,
		new(cmd.Checkpoint): lifecycle,
		new(cmd.Restore):    lifecycle,
		new(cmd.Pause):      lifecycle,
		new(cmd.Resume):     lifecycle,
		new(cmd.Kill):       lifecycle,
		new(cmd.Wait):       lifecycle,
		new(cmd.Delete):     lifecycle,

		new(cmd.State):  inspect,
		new(cmd.List):   inspect,
		new(cmd.PS):     inspect,
		new(cmd.Events): inspect,
		new(cmd.Debug):  inspect,

		// Started by create and restore to serve the root filesystem.
		new(cmd.Gofer): internal,
	}, nil)
}
