using FluentValidation;
using Gateflow.Core.Deprecations;
using Gateflow.Core.Migrations;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Parts;
using Gateflow.Dashboard.Templates;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Gateflow.Dashboard.Wizard;

/// <summary>Chooses what is to be replaced and makes the draft. With a source in the URL one click is left; looking at the page makes nothing.</summary>
public sealed partial class NewMigrationPage(
    SourceChoices choices, Drafting drafting, IValidator<CreateMigration> rules, NavigationManager navigation, IAuthorizationService authorization)
{
    private readonly Loaded<Found> read = new("What can be replaced");
    private readonly Saving saving = new();
    private List<Fault> faults = [];
    private Acting? acting;
    private string? source;
    private string? template;
    private string? name;
    private string? feature;

    /// <summary>A model to replace: then only the confirmation is asked.</summary>
    [SupplyParameterFromQuery]
    private string? Source { get; set; }

    /// <summary>A template to start from; empty opens the list of templates.</summary>
    [SupplyParameterFromQuery]
    private string? Template { get; set; }

    /// <summary>The one feature that is to be moved.</summary>
    [SupplyParameterFromQuery]
    private string? Feature { get; set; }

    /// <summary>Id of the one key whose requests are to be moved.</summary>
    [SupplyParameterFromQuery]
    private string? Key { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    private bool FromTemplate => Template is not null;

    protected override async Task OnInitializedAsync()
    {
        acting = await Acting.OfAsync(Authentication, authorization);
        await ReadAsync();
    }

    protected override void OnParametersSet()
    {
        if (Template is { Length: > 0 })
        {
            template = Template;
        }

        feature ??= Feature;
        faults = [];
    }

    private Task ReadAsync() =>
        read.ReadAsync(async () => new Found(await choices.TemplatesAsync(CancellationToken.None), await choices.InUseAsync(CancellationToken.None)));

    private DeprecationEntry? End(string model) => read.Value!.Used.FirstOrDefault(u => u.Use.Model == model)?.End;

    private string Use(string model) => read.Value!.Used.FirstOrDefault(u => u.Use.Model == model) is { } choice
        ? $"{Display.Count(choice.Use.Requests, "request")}, {Display.Money(choice.Use.Cost)} in the last 30 days."
        : choices.IsKnown(model) ? "Not used in the last 30 days." : "Not a known model: no configured provider lists it and the catalog does not have it.";

    private string? FaultOf(string field) => faults.FirstOrDefault(f => f.Param == field)?.Message switch
    {
        { } when field == "source_model" && Request() is { SourceModel: null } => FromTemplate ? "Choose a template first." : "Choose a model first.",
        { } message => message.Replace("name ", "The name ", StringComparison.Ordinal).Replace("feature ", "The feature ", StringComparison.Ordinal),
        null => null,
    };

    private void PickSource(string model)
    {
        (source, faults) = (model, []);
        saving.Forget();
    }

    private void PickTemplate(string id)
    {
        (template, faults) = (id, []);
        saving.Forget();
    }

    private void Type(string? newName, string? newFeature)
    {
        (name, feature) = (newName ?? name, newFeature ?? feature);
        faults = [.. Judge().Where(f => f.Param is "name" or "feature")];
    }

    private CreateMigration Request() => new()
    {
        SourceModel = Source is { Length: > 0 } ? Source : FromTemplate ? null : source,
        Template = FromTemplate && Source is not { Length: > 0 } ? template : null,
        Name = string.IsNullOrWhiteSpace(name) ? null : name.Trim(),
        Feature = string.IsNullOrWhiteSpace(feature) ? null : feature.Trim(),
        ApiKey = string.IsNullOrWhiteSpace(Key) ? null : Key,
        Analyze = true,
    };

    private List<Fault> Judge() => rules.Validate(Request()).Errors.ConvertAll(e => new Fault(ConfigPatch.WireName(e.PropertyName), e.ErrorMessage));

    private async Task CreateAsync()
    {
        faults = Judge();
        if (faults.Count == 0)
        {
            await saving.TryAsync(SaveAsync, leaves: true);
        }
    }

    private async Task<string?> SaveAsync()
    {
        var created = await drafting.CreateAsync(Request(), acting!.Name, CancellationToken.None);
        if (created.IsOk)
        {
            navigation.NavigateTo(WizardSteps.Url(created.Value.Id, WizardStep.Analysis));
        }

        return created.Refusal?.Message;
    }

    private sealed record Found(IReadOnlyList<TemplateView> Templates, IReadOnlyList<SourceChoice> Used);
}
