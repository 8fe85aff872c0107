using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Edits one fact by the API's own rules.</summary>
public sealed partial class FactDialog(ModelBook book, DialogService dialogs)
{
    private readonly HashSet<Capabilities> chosen = [];
    private readonly Saving saving = new();
    private string? text;
    private string? source;
    private bool flag;

    /// <summary>"provider/id".</summary>
    [Parameter, EditorRequired]
    public string Model { get; set; } = "";

    [Parameter, EditorRequired]
    public FactView Fact { get; set; } = default!;

    /// <summary>Who edits.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    private FactField Field => FactFields.Find(Fact.Field)!;

    private string Hint => Field.Kind switch
    {
        FactKind.Date => "Empty where none is announced.",
        FactKind.Tokens => "Tokens; empty where it is not known.",
        FactKind.Names => "Ids, separated by commas; empty for none.",
        FactKind.Factor => "Tokens that it counts for a text for which most models count one.",
        _ => "",
    };

    protected override void OnInitialized()
    {
        switch (Field.Kind)
        {
            case FactKind.Flag:
                flag = Fact.Value?.GetValue<bool>() == true;
                break;
            case FactKind.Capabilities:
                chosen.UnionWith(CapabilityNames.Split(FactJson.ReadCapabilities(Fact.Value)));
                break;
            case FactKind.Names:
                text = string.Join(", ", FactJson.ReadNames(Fact.Value));
                break;
            default:
                text = Fact.Value?.ToString();
                break;
        }
    }

    private void Choose(Capabilities capability, bool can) => _ = can ? chosen.Add(capability) : chosen.Remove(capability);

    private JsonNode? Value() => Field.Kind switch
    {
        FactKind.Flag => flag,
        FactKind.Capabilities => FactJson.Names(CapabilityNames.All.Where(chosen.Contains).Select(CapabilityNames.Wire)),
        FactKind.Names => FactJson.Names((text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        _ when string.IsNullOrWhiteSpace(text) => null,
        FactKind.Tokens when NumberText.Whole(text) is { } tokens => tokens,
        FactKind.Factor when NumberText.Amount(text) is { } factor => factor,
        _ => text.Trim(),
    };

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var saved = await book.UpdateAsync(Model, new JsonObject { [Fact.Field] = Value(), [ModelPatch.SourceMember] = source }, Actor, CancellationToken.None);
        if (saved.IsOk)
        {
            dialogs.Close(true);
        }

        return saved.Refusal?.Message;
    });
}
