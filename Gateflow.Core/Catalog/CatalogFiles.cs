namespace Gateflow.Core.Catalog;

/// <summary>Reads models.csv and templates.csv of Catalog/Data.</summary>
internal static class CatalogFiles
{
    public const string Models = "models.csv";
    public const string Templates = "templates.csv";

    public static readonly string[] ModelColumns =
    [
        "provider", "id", "aliases", "name", "family", "mode", "context", "max_input", "max_output", "price_input", "price_cached_input", "price_output",
        "surcharge_above", "surcharge_input", "surcharge_output", "token_factor", "capabilities", "capability_facts", "released", "deprecated_on",
        "retires_on", "retires_kind", "not_before", "replacements", "source", "notes",
    ];

    public static readonly string[] TemplateColumns = ["id", "sources", "target", "considerations", "source"];

    public static CatalogModel Model(CatalogRow row)
    {
        var model = new CatalogModel
        {
            Provider = row.Required("provider"),
            Id = row.Required("id"),
            Aliases = row.List("aliases"),
            DisplayName = row.Required("name"),
            Family = row.Required("family"),
            Mode = row.Word("mode", ("chat", ModelMode.Chat), ("completion", ModelMode.Completion), ("embedding", ModelMode.Embedding)),
            ContextWindow = row.Count("context"),
            MaxInputTokens = row.Count("max_input"),
            MaxOutputTokens = row.Count("max_output"),
            InputPrice = row.Amount("price_input"),
            CachedInputPrice = row.Amount("price_cached_input"),
            OutputPrice = row.Amount("price_output"),
            Surcharge = Surcharge(row),
            TokenFactor = (double)(row.Amount("token_factor") ?? 1m),
            Capabilities = row.Capabilities("capabilities"),
            CapabilitiesComplete = row.Word("capability_facts", ("stated", true), ("partial", false)),
            Released = row.Date("released"),
            DeprecatedOn = row.Date("deprecated_on"),
            RetiresOn = row.Date("retires_on"),
            RetiresOnIsEarliest = row.Word("retires_kind", ("", false), ("firm", false), ("earliest", true)),
            NotRetiredBefore = row.Date("not_before"),
            Replacements = row.List("replacements"),
            Source = row.Required("source"),
            Notes = row.Text("notes"),
        };
        if (model.DeprecatedOn > model.RetiresOn)
        {
            throw row.Fault("retires_on", "the model would retire before it is deprecated");
        }

        return model;
    }

    public static MigrationTemplate Template(CatalogRow row) => new()
    {
        Id = row.Required("id"),
        Sources = row.List("sources") is { Count: > 0 } sources ? sources : throw row.Fault("sources", "a value is required"),
        Target = row.Required("target"),
        Considerations = row.List("considerations"),
        Source = row.Text("source"),
    };

    private static LongPromptSurcharge? Surcharge(CatalogRow row) => row.Count("surcharge_above") is { } above
        ? new LongPromptSurcharge(
            above,
            row.Amount("surcharge_input") ?? throw row.Fault("surcharge_input", "a value is required beside surcharge_above"),
            row.Amount("surcharge_output") ?? throw row.Fault("surcharge_output", "a value is required beside surcharge_above"))
        : null;
}
