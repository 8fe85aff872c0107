namespace Gateflow.Core.Catalog;

/// <summary>The catalog in force. It is another instance after every change: read it for each use, and keep nothing of it.</summary>
public delegate ModelCatalog CatalogReader();
