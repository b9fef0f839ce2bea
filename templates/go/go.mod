module withe.test/templates

go 1.24
