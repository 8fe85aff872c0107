using Gateflow.Core.Catalog;

namespace Gateflow.Tests.Catalog;

public sealed class CatalogFilesTests
{
    private static readonly Dictionary<string, string> Good = new()
    {
        ["provider"] = "openai", ["id"] = "m", ["name"] = "M", ["family"] = "f", ["mode"] = "chat", ["capabilities"] = "chat;vision", ["capability_facts"] = "stated", ["source"] = "https://example.com",
    };

    [Fact]
    public void Model_EmptyOptionalFields_StayUnknown()
    {
        var model = Assert.Single(Read());

        Assert.Null(model.InputPrice);
        Assert.Null(model.ContextWindow);
        Assert.Null(model.RetiresOn);
        Assert.Equal(Capabilities.Chat | Capabilities.Vision, model.Capabilities);
    }

    [Theory]
    [InlineData("id", "", "a value is required")]
    [InlineData("mode", "chatty", "'chatty' is not one of its words")]
    [InlineData("context", "128k", "'128k' is not a count")]
    [InlineData("price_input", "-1", "'-1' is not an amount of 0 or more")]
    [InlineData("price_output", "1,5", "'1,5' is not an amount of 0 or more")]
    [InlineData("retires_on", "2026-02-30", "'2026-02-30' is not a date (yyyy-MM-dd)")]
    [InlineData("capabilities", "chat;telepathy", "'telepathy' is not a capability")]
    [InlineData("surcharge_above", "1000", "a value is required beside surcharge_above")]
    public void Model_WrongField_NamesFileLineAndColumn(string column, string value, string fault)
    {
        var error = Assert.Throws<CatalogDataException>(() => Read((column, value)));

        var place = column == "surcharge_above" ? "surcharge_input" : column;
        Assert.Equal($"models.csv, line 3, column {place}: {fault}", error.Message);
        Assert.Equal(("models.csv", 3, place), (error.File, error.Line, error.Column));
    }

    [Fact]
    public void Model_RetiresBeforeItIsDeprecated_Refused() =>
        Assert.Equal("retires_on", Assert.Throws<CatalogDataException>(() => Read(("deprecated_on", "2026-02-01"), ("retires_on", "2026-01-01"))).Column);

    [Fact]
    public void Read_MissingColumn_NamesIt()
    {
        var error = Assert.Throws<CatalogDataException>(() => CatalogRow.Read("models.csv", "provider,name\n", CatalogFiles.ModelColumns, CatalogFiles.Model));

        Assert.Equal("models.csv, line 1, column id: the column is missing", error.Message);
    }

    [Fact]
    public void Read_LineWithAFieldTooMany_NamesTheLine()
    {
        var error = Assert.Throws<CatalogDataException>(() => CatalogRow.Read("templates.csv", "id,sources,target,considerations,source\na,b,c,d,e,f\n", CatalogFiles.TemplateColumns, CatalogFiles.Template));

        Assert.Equal((2, "templates.csv, line 2, column source: 6 fields instead of 5"), (error.Line, error.Message));
    }

    [Fact]
    public void Read_BrokenQuotes_NamesTheLine() =>
        Assert.Equal(3, Assert.Throws<CatalogDataException>(() => CatalogRow.Read("templates.csv", "id,sources,target,considerations,source\na,b,c,d,e\na,\"b\"x,c,d,e\n", CatalogFiles.TemplateColumns, CatalogFiles.Template)).Line);

    /// <summary>A file of a header, an empty line and one row, the good one but for the given fields.</summary>
    private static IReadOnlyList<CatalogModel> Read(params (string Column, string Value)[] fields)
    {
        var row = CatalogFiles.ModelColumns.Select(column =>
        {
            var given = fields.FirstOrDefault(x => x.Column == column);
            return '"' + (given.Column is null ? Good.GetValueOrDefault(column, "") : given.Value) + '"';
        });
        return CatalogRow.Read("models.csv", $"{string.Join(',', CatalogFiles.ModelColumns)}\n\n{string.Join(',', row)}\n", CatalogFiles.ModelColumns, CatalogFiles.Model);
    }
}
