namespace Gateflow.Core.Catalog;

/// <summary>A catalog file that cannot be read, with the place of the fault.</summary>
/// <param name="file">Name of the file.</param>
/// <param name="line">Line of the file, the header being 1.</param>
/// <param name="column">Name of the column.</param>
/// <param name="fault">What is wrong with it.</param>
public sealed class CatalogDataException(string file, int line, string column, string fault)
    : FormatException($"{file}, line {line}, column {column}: {fault}")
{
    public string File { get; } = file;

    public int Line { get; } = line;

    public string Column { get; } = column;
}
