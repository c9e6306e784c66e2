// Measure runs a program and says after its output what it took: exit code,
// memory in MB, work in milliseconds. It is a program of its own because the
// memory of a child is counted from that of its parent, and a test's is large.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

func main() {
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	err := cmd.Run()
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	use := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	work := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	fmt.Printf("\nmeasured %d %d %d\n", cmd.ProcessState.ExitCode(), use.Maxrss>>10, work.Milliseconds())
}
