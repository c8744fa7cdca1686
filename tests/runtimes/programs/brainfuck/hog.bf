Writes into every cell: +[>+]
