using System.Text.RegularExpressions;
using FluentValidation;
using Gateflow.Core.Providers;

namespace Gateflow.Dashboard.Providers;

/// <summary>The rules of a stored provider, the same for the API and the page. Whether its address may be reached is another question.</summary>
public sealed partial class ProviderDraftValidator : AbstractValidator<ProviderDraft>
{
    private const int MostModels = 1000;
    private const int LongestKey = 4096;
    private const int LongestFile = 16 * 1024;

    private static readonly string Types = string.Join(", ", ProviderKind.All.Select(k => k.Name));

    public ProviderDraftValidator()
    {
        RuleFor(d => d.Name).NotEmpty().WithMessage("name is required: it stands in the log and in provider/model.");
        RuleFor(d => d.Name!).Matches(NamePattern()).When(d => !string.IsNullOrEmpty(d.Name))
            .WithMessage("name may have up to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit.");
        RuleFor(d => d.Type).Must(t => ProviderKind.Find(t) is not null).WithMessage($"type must be one of {Types}.");
        RuleFor(d => d).Custom((draft, context) => Fields(draft, context.AddFailure));
        RuleFor(d => d.BaseUrl!).Must(IsAddress).When(d => !string.IsNullOrWhiteSpace(d.BaseUrl))
            .WithMessage("base_url must be an http or https address of at most 500 characters without user, query or fragment, e.g. https://llm.example.com/v1.");
        RuleFor(d => d.ApiVersion!).Matches(WordPattern()).When(d => !string.IsNullOrWhiteSpace(d.ApiVersion)).WithMessage("api_version may have up to 64 letters, digits, '-' and '.'.");
        RuleFor(d => d.Region!).Matches(PlacePattern()).When(d => !string.IsNullOrWhiteSpace(d.Region)).WithMessage("region must be like eu-central-1.");
        RuleFor(d => d.Location!).Matches(PlacePattern()).When(d => !string.IsNullOrWhiteSpace(d.Location)).WithMessage("location must be like europe-west4, or global.");
        RuleFor(d => d.Project!).Matches(ProjectPattern()).When(d => !string.IsNullOrWhiteSpace(d.Project)).WithMessage("project must be the id of a Google Cloud project, like my-project-123.");
        RuleFor(d => d.Models).Must(m => m!.Count <= MostModels).When(d => d.Models is not null).WithMessage($"models may name at most {MostModels} models.");
        RuleForEach(d => d.Models).Must(IsModel).WithMessage("models must be ids of models, up to 200 characters without spaces.");
        RuleFor(d => d.Deployments).Must(m => m!.Count <= MostModels && m.All(p => IsModel(p.Key) && IsModel(p.Value))).When(d => d.Deployments is not null)
            .WithMessage($"deployments must be at most {MostModels} pairs of names, up to 200 characters each without spaces.");
        RuleFor(d => d.Timeouts!.ConnectSeconds).InclusiveBetween(0.1, 60).When(d => d.Timeouts is not null).WithMessage("timeouts.connect_seconds must be from 0.1 to 60.");
        RuleFor(d => d.Timeouts!.FirstByteSeconds).InclusiveBetween(0.1, 3600).When(d => d.Timeouts is not null).WithMessage("timeouts.first_byte_seconds must be from 0.1 to 3600.");
        RuleFor(d => d.Timeouts!.IdleSeconds).InclusiveBetween(0.1, 3600).When(d => d.Timeouts is not null).WithMessage("timeouts.idle_seconds must be from 0.1 to 3600.");
        RuleFor(d => d.Limits!.Rpm).InclusiveBetween(1, 10_000_000).When(d => d.Limits is not null).WithMessage("limits.rpm must be from 1 to 10,000,000, or null for no limit.");
        RuleFor(d => d.Limits!.Tpm).InclusiveBetween(1, 2_000_000_000).When(d => d.Limits is not null).WithMessage("limits.tpm must be from 1 to 2,000,000,000, or null for no limit.");
        RuleFor(d => d.Limits!.Concurrency).InclusiveBetween(1, 100_000).When(d => d.Limits is not null).WithMessage("limits.concurrency must be from 1 to 100,000, or null for no limit.");
        RuleFor(d => d.Probe!.IntervalSeconds).InclusiveBetween(5, 3600).When(d => d.Probe is not null).WithMessage("probe.interval_seconds must be from 5 to 3600.");
        RuleFor(d => d.Probe!.TimeoutSeconds).InclusiveBetween(0.5, 60).When(d => d.Probe is not null).WithMessage("probe.timeout_seconds must be from 0.5 to 60.");
        RuleFor(d => d.ServiceAccountJson!).Must(ServiceAccount.IsValid).When(d => !string.IsNullOrWhiteSpace(d.ServiceAccountJson))
            .WithMessage("service_account_json must be the whole key file of a Google service account: type, client_email, private_key and a token_uri of Google's.");
    }

    public static bool IsAddress(string text) =>
        text.Length <= 500 && Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0 && url.Host.Length > 0;

    private static void Fields(ProviderDraft draft, Action<string, string> fail)
    {
        if (draft.Kind is not { } kind)
        {
            return;
        }

        var given = Given(draft);
        foreach (var field in kind.Required.Where(f => !given.ContainsKey(f)))
        {
            fail(field, $"{field} is required for {kind.Title}.");
        }

        foreach (var field in given.Keys.Where(f => ProviderKind.Special.Contains(f) && !kind.Has(f)))
        {
            fail(field, $"{field} is no field of {kind.Title}.");
        }

        foreach (var (field, value) in draft.Secrets().All().Where(s => s.Name != SecretNames.ServiceAccountJson))
        {
            if (value.Length > LongestKey || value.Any(c => c is < '!' or > '~'))
            {
                fail(field, $"{field} may have up to {LongestKey} visible ASCII characters and no spaces.");
            }
            else if (value.StartsWith("${", StringComparison.Ordinal))
            {
                fail(field, $"{field} cannot come from the environment here; enter the secret itself, or put the provider into the configuration.");
            }
        }

        if (draft.ServiceAccountJson?.Length > LongestFile)
        {
            fail(SecretNames.ServiceAccountJson, $"service_account_json may have up to {LongestFile} characters.");
        }
    }

    /// <summary>The special fields that have a value, by wire name.</summary>
    private static Dictionary<string, string> Given(ProviderDraft draft)
    {
        var given = draft.Secrets().All().ToDictionary(s => s.Name, s => s.Value);
        (string Name, string? Value)[] others =
        [
            ("base_url", draft.BaseUrl), ("api_version", draft.ApiVersion), ("region", draft.Region), ("project", draft.Project),
            ("location", draft.Location), ("stream_options", draft.StreamOptions is null ? null : "set"),
            ("responses", draft.Responses is null ? null : "set"),
        ];
        foreach (var (name, value) in others.Where(o => !string.IsNullOrWhiteSpace(o.Value)))
        {
            given[name] = value!;
        }

        return given;
    }

    private static bool IsModel(string? model) => !string.IsNullOrWhiteSpace(model) && model.Length <= 200 && !model.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[A-Za-z0-9.-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlacePattern();

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.:-]{0,98}[a-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex ProjectPattern();
}
