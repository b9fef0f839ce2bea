module example.com/{{name}}/{{component}}

go 1.24
