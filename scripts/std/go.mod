module goleash/scripts/std

go 1.24
