using Gateflow.Core.Catalog;
using Gateflow.Core.Compatibility;
using Gateflow.Dashboard.Parts;
using Microsoft.AspNetCore.Components;
using Radzen;

namespace Gateflow.Dashboard.Catalog;

/// <summary>Enters what a family of models makes of a parameter, and what is done about it.</summary>
public sealed partial class RuleDialog(RuleBook book, DialogService dialogs)
{
    private readonly Saving saving = new();
    private string? models;
    private string capability = CapabilityNames.Wire(Core.Catalog.Capabilities.Temperature);
    private string verdict = "reject";
    private string? effect;
    private string? action;
    private string? shim;
    private string? source;

    /// <summary>The catalog's provider that it is about.</summary>
    [Parameter, EditorRequired]
    public string Provider { get; set; } = "";

    /// <summary>The expression that stands there at first.</summary>
    [Parameter, EditorRequired]
    public string Models { get; set; } = "";

    /// <summary>Who enters it.</summary>
    [Parameter, EditorRequired]
    public string Actor { get; set; } = "";

    protected override void OnInitialized() => models = Models;

    private static string Verdict(ParameterVerdict verdict) => verdict switch
    {
        ParameterVerdict.Accept => "takes it",
        ParameterVerdict.Rename => "has another name for it",
        ParameterVerdict.Limit => "takes it in part",
        ParameterVerdict.Ignore => "ignores it",
        ParameterVerdict.Reject => "refuses the request",
        _ => "differs within the family",
    };

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private Task<bool> SaveAsync() => saving.TryAsync(async () =>
    {
        var saved = await book.CreateAsync(new RuleConfig
        {
            Providers = [Provider], Models = models?.Trim() ?? "", Capability = capability, Verdict = verdict, Effect = Text(effect) ?? "", Shim = Text(shim),
            Action = Text(action), Source = Text(source) ?? "",
        }, Actor, CancellationToken.None);
        if (saved.IsOk)
        {
            dialogs.Close(true);
        }

        return saved.Refusal?.Message;
    });
}
