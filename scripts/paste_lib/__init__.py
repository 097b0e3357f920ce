"""What the scripts share that measure `gradcheck paste`: case sheets, grades, mutants."""
