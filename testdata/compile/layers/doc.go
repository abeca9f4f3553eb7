package layers

//go:generate go run ../../../cmd/hotbind generate layers.schema.yaml
