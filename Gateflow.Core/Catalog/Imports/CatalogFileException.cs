namespace Gateflow.Core.Catalog.Imports;

/// <summary>A file that cannot be read at all, with what to do about it. Faults of single entries are rows.</summary>
public sealed class CatalogFileException(string message) : FormatException(message);
