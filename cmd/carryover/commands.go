package main

import "github.com/spf13/cobra"

// commands is the plain list of what carryover can do.
func commands(a *app) []*cobra.Command {
	return []*cobra.Command{
		newDemoCommand(a),
		newInitCommand(a),
		newCheckCommand(a),
		newRunCommand(a),
		newServeCommand(a),
		newShowCommand(a),
		newPrintCommand(a),
		newListCommand(a),
		newReleaseCommand(a),
		newSettingsCommand(a),
		newDecideCommand(a),
		newReportCommand(a),
		newRetryCommand(a),
		newMarkSentCommand(a),
		newQuarantineCommand(a),
		newMigrateCommand(a),
		newBackupCommand(a),
		newRestoreCommand(a),
		newAuditCommand(a),
		newValidateCommand(a),
		newConvertCommand(a),
		newGenerateCommand(a),
		newPartnerKitCommand(a),
	}
}
