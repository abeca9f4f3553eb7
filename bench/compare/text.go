package main

// text is the page around the tables: the versions, then the two tables.
const text = `# Comparison

How hotbind compares with three libraries that people use for the same job:
[viper](https://github.com/spf13/viper) and [koanf](https://github.com/knadh/koanf), which
read and merge configurations, and
[go-jsonschema](https://github.com/omissis/go-jsonschema), which generates Go structs from
a JSON Schema.

` + "`make comparison`" + ` tests every row of the first two tables and writes this page. Each library is
used as its documentation shows, on the same files. Where a library needs an option for a
claim to be true, the cell names it.

The versions compared are %s.

## Reading a file

%s
viper and koanf have no schema: the program must check rules after decoding, for example with
a validator of struct tags.

## Following a file

%s
go-jsonschema does not follow files. With viper and koanf, the program decodes into its own
struct in the callback and swaps a pointer; it could also check rules there, and compare old
and new values. koanf ignores an event within 5 ms of another one, so it may keep what it read
while a file was being written. The last row runs under the race detector, while a goroutine
reads a value with the library's own getter.

## What else there is

This table comes from the documentation of each library and is not tested.

| | hotbind | viper | koanf | go-jsonschema |
| --- | --- | --- | --- | --- |
| A misspelled name in code is a compile error | yes | with a struct of your own | with a struct of your own | yes |
| Works without a schema and without generated code | no | yes | yes | no |
| Formats | YAML, JSON, TOML, dotenv | YAML, JSON, TOML, dotenv; INI, HCL and others by plug-in | YAML, JSON, TOML, dotenv, HCL, HJSON and others | YAML, JSON |
| Environment variables, flags | yes | yes | yes | no |
| Remote stores | an interface to implement | etcd, Consul, Firestore, NATS | etcd, Consul, Vault, S3, AWS AppConfig and others | no |
| Merges files by environment and instance | yes | by hand | by hand | no |
| Changes can be refused by a hook, and are rolled back | yes | no | no | no |
| Rollback to an earlier revision, history on disk | yes | no | no | no |
| Names the layer, file and line of a value | yes | no | no | no |
| Migrations of old files | yes | no | no | no |
| Metrics, audit log, notifications | yes | no | no | no |
| Writes a configuration file | from a value; edits in migrations | yes | yes | from a value |
| Aliases, keys in any case | no | yes | no | no |
| Drafts of JSON Schema | 4, 6, 7, 2019-09, 2020-12 | none | none | parts of several |
| Dependency at run time | hotbind's runtime | viper | koanf | none, or a YAML package |
| Maturity | new, no release yet | in wide use for years | in wide use for years | in use for years |

Use viper or koanf if you need a format or a remote store that hotbind lacks, if you do not
want code generation, or if reading a few keys by name is enough. Use go-jsonschema if you
want structs from a schema without a runtime. [Performance](performance.md) has the
sizes of programs and the times.

Next: [Design](design.md)
`
