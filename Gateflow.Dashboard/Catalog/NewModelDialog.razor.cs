using System.Text.Json.Nodes;
using Gateflow.Core.Catalog;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Adds a model that the catalog does not carry; closes with its view.</summary>
public sealed partial class NewModelDialog(ModelBook book, ModelReader reader, DialogService dialogs)
{
    private readonly Saving saving = new();
    private string? provider;
    private string? id;
    private string? context;
    private string? source;

    /// <summary>Who adds it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var body = new JsonObject { ["provider"] = provider, ["id"] = id, [ModelPatch.SourceMember] = source };
        if (!string.IsNullOrWhiteSpace(context))
        {
            body[FactFields.ContextWindow] = NumberText.Whole(context) is { } tokens ? tokens : context;
        }

        var added = await book.CreateAsync(body, Actor, CancellationToken.None);
        if (added.IsOk)
        {
            dialogs.Close(added.Value);
        }

        return added.Refusal?.Message;
    });
}
