package kinds

//go:generate go run ../../../cmd/hotbind generate kinds.schema.json
