// Package migrate converts documents of older config versions to the newest one.
//
// A migration leads from one version to the next. It is a file of steps, or a
// function in Go. The migrations of a program form a [Chain]: one line from the
// oldest version to the newest, without a gap. The version of a
// document is one of its values, "version" unless the migration files name another.
//
// A migration file is YAML or JSON, described by schemas/migration.schema.json:
//
//	from: 1
//	to: 2
//	steps:
//	  - rename:  {path: database.pool, to: pool_size}    # a new key in the same object
//	  - move:    {path: log_level, to: logging.level}    # objects on the way are made
//	  - copy:    {path: server.host, to: client.host}
//	  - delete:  {path: legacy}
//	  - set:     {path: database.driver, value: postgres}
//	  - default: {path: database.port, value: 5432}      # only where absent
//	  - map:     {path: logging.level, values: {verbose: debug}}
//	  - scale:   {path: timeout, by: 1000}               # exact, in decimals
//	  - split:   {path: address, by: ":", into: [host, port]}
//	  - join:    {paths: [host, port], by: ":", to: address}
//	  - wrap:    {path: server, in: list}
//	  - cast:    {path: port, to: integer}
//
// A path is written as findings show it: tenants["a.b"].quota, servers[0].host.
// A * matches every key of an object and [*] every item of a list; in the destination of a
// move, copy or join they are replaced by what they matched in the source.
//
// A step does nothing if its path is absent. Null stays null, because in a layer it removes
// the value of a weaker one. A step that cannot be applied refuses the document. Messages
// contain places and kinds, but no values, which may be secrets.
package migrate
