package service

//go:generate go run ../../../cmd/hotbind generate service.schema.yaml
