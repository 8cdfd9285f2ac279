package jobs

import "errors"

var errNoWorkbook = errors.New("no workbook carrier")
