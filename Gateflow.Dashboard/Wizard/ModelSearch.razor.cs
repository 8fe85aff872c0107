using Gateflow.Core.Routing;
using Microsoft.AspNetCore.Components;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Finds a known model by part of its name.</summary>
public sealed partial class ModelSearch(SourceChoices choices)
{
    private readonly string id = $"models-{Guid.CreateVersion7():N}";
    private IReadOnlyList<ModelRoute> found = [];
    private string text = "";

    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What picking does: "Use".</summary>
    [Parameter]
    public string Verb { get; set; } = "Choose";

    /// <summary>A model that cannot be picked.</summary>
    [Parameter]
    public string? Except { get; set; }

    [Parameter]
    public EventCallback<string> OnPick { get; set; }

    private void Find(string? typed)
    {
        text = typed ?? "";
        found = [.. choices.Search(text, 9).Where(r => r.Id != Except).Take(8)];
    }

    private Task PickAsync(string model)
    {
        (text, found) = ("", []);
        return OnPick.InvokeAsync(model);
    }
}
