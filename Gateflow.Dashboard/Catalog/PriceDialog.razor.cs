using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Enters a price that holds from a day on.</summary>
public sealed partial class PriceDialog(ModelBook book, TimeProvider clock, DialogService dialogs)
{
    private readonly Saving saving = new();
    private string? input;
    private string? cached;
    private string? output;
    private DateOnly? from;
    private string? source;

    /// <summary>"provider/id".</summary>
    [Parameter, EditorRequired]
    public string Model { get; set; } = "";

    /// <summary>The price that holds now; null for none.</summary>
    [Parameter]
    public PriceView? Standing { get; set; }

    /// <summary>Who enters it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    protected override void OnInitialized()
    {
        (input, cached, output) = (Text(Standing?.Input), Text(Standing?.CachedInput), Text(Standing?.Output));
        from = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
    }

    private static string? Text(decimal? amount) => amount?.ToString(CultureInfo.InvariantCulture);

    private static JsonNode? Amount(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : NumberText.Amount(text) is { } amount ? amount : text;

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var price = new JsonObject
        {
            ["input"] = Amount(input), ["cached_input"] = Amount(cached), ["output"] = Amount(output), ["valid_from"] = FactJson.Day(from),
        };
        var saved = await book.UpdateAsync(Model, new JsonObject { [PriceFact.Name] = price, [ModelPatch.SourceMember] = source }, Actor, CancellationToken.None);
        if (saved.IsOk)
        {
            dialogs.Close(true);
        }

        return saved.Refusal?.Message;
    });
}
