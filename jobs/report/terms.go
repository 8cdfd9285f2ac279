package report

import "carryover/exchange"

// Words that other places show too: the command line says of a file, a run or
// a limit what the workbook says.

// FileStates lists the states of files with their words.
func FileStates() []exchange.Term { return fileStates() }

// RunStates lists the states of runs with their words.
func RunStates() []exchange.Term { return runStates() }

// Kinds lists the kinds of files with their words, batches and bank messages alike.
func Kinds() []exchange.Term { return kinds() }

// Jobs lists the jobs of a run with their words.
func Jobs() []exchange.Term { return jobNames() }

// Clocks lists the legal limits, by the names of exchange.Clock, with their words.
func Clocks() []exchange.Term { return clocks() }

// Sides lists the two sides of a case with their words.
func Sides() []exchange.Term { return sides() }

// Receivers lists to whom money goes with their words.
func Receivers() []exchange.Term { return receivers() }

// Directions lists the two ways of a file with their words.
func Directions() []exchange.Term { return directions() }
