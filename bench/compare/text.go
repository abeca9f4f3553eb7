package main

// text is the page around the tables: the versions, then the two tables.
const text = `# Comparison

What hotbind does beside three libraries that people use for the same job:
[viper](https://github.com/spf13/viper) and [koanf](https://github.com/knadh/koanf), which
read and merge configurations, and
[go-jsonschema](https://github.com/omissis/go-jsonschema), which generates Go structs from
a JSON Schema.

` + "`make comparison`" + ` runs the first two tables and writes this page. Each library is used as its
documentation shows, on the same files. Where a library has an option that makes a claim
true, the cell names it.

Compared are %s.

## Reading a file

%s
viper and koanf have no schema: a program checks rules by itself after decoding, for example
with a validator of struct tags.

## Following a file

%s
go-jsonschema follows no files. For viper and koanf, the program decodes into its own struct
in the callback and swaps a pointer; it could check rules there, and compare old and new
values by itself. koanf leaves out an event that follows another one within 5 ms, and so may
keep what it read while a file was being written. The last row runs under the race detector, while a goroutine reads a
value with the library's own getter.

## What else there is

This table is from the documentation of each, and is not run.

| | hotbind | viper | koanf | go-jsonschema |
| --- | --- | --- | --- | --- |
| A misspelled name in code is a compile error | yes | with a struct of one's own | with a struct of one's own | yes |
| Works without a schema and without generated code | no | yes | yes | no |
| Formats | YAML, JSON, TOML, dotenv | YAML, JSON, TOML, dotenv; INI, HCL and others by plug-in | YAML, JSON, TOML, dotenv, HCL, HJSON and others | YAML, JSON |
| Environment variables, flags | yes | yes | yes | no |
| Remote stores | an interface for one's own | etcd, Consul, Firestore, NATS | etcd, Consul, Vault, S3, AWS AppConfig and others | no |
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

Take viper or koanf if you need a format or a remote store that hotbind lacks, if you want
no code generation, or if a few keys by name are enough. Take go-jsonschema if you want
structs from a schema without a runtime beside them. [Performance](performance.md) has the
sizes of programs and the times.

Next: [Design](design.md)
`
