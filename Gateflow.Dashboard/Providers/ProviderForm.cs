using System.Globalization;
using System.Text.Json.Nodes;
using Gateflow.Core.Migrations;
using Gateflow.Core.Providers;
using Gateflow.Dashboard.Parts;

namespace Gateflow.Dashboard.Providers;

/// <summary>A provider as it is typed: names separated by commas, blanks or lines, aliases as "name = model" a line, empty secrets left as they are.</summary>
public sealed class ProviderForm
{
    private static readonly char[] Separators = [',', ';', ' ', '\n', '\r', '\t'];

    public ProviderKind Kind { get; set; } = ProviderKind.All[0];

    public string? Name { get; set; }

    public string? BaseUrl { get; set; }

    public string? ApiVersion { get; set; }

    public string? Region { get; set; }

    public string? Project { get; set; }

    public string? Location { get; set; }

    public string? Models { get; set; }

    public string? Deployments { get; set; }

    public string? ApiKey { get; set; }

    public string? AccessKeyId { get; set; }

    public string? SecretAccessKey { get; set; }

    public string? SessionToken { get; set; }

    public string? ServiceAccountJson { get; set; }

    public bool StreamOptions { get; set; } = true;

    public bool Responses { get; set; }

    public string? ConnectSeconds { get; set; }

    public string? FirstByteSeconds { get; set; } = "60";

    public string? IdleSeconds { get; set; }

    public string? Rpm { get; set; }

    public string? Concurrency { get; set; }

    public bool Probed { get; set; } = true;

    public string? ProbeInterval { get; set; } = "60";

    public string? ProbeTimeout { get; set; } = "10";

    /// <summary>A stored provider, to be changed.</summary>
    public static ProviderForm Of(ProviderView provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return new ProviderForm
        {
            Kind = provider.Kind,
            Name = provider.Name,
            BaseUrl = provider.BaseUrl == provider.Kind.DefaultAddress(provider.Region, provider.Location) ? null : provider.BaseUrl,
            ApiVersion = provider.ApiVersion,
            Region = provider.Region,
            Project = provider.Project,
            Location = provider.Location,
            Models = string.Join(", ", provider.Models),
            Deployments = string.Join('\n', provider.Deployments.Select(d => $"{d.Key} = {d.Value}")),
            StreamOptions = provider.StreamOptions,
            Responses = provider.Responses,
            ConnectSeconds = Text(provider.Timeouts.ConnectSeconds),
            FirstByteSeconds = Text(provider.Timeouts.FirstByteSeconds),
            IdleSeconds = Text(provider.Timeouts.IdleSeconds),
            Rpm = Text(provider.Limits.Rpm),
            Concurrency = Text(provider.Limits.Concurrency),
            Probed = ProviderHealths.IsProbed(provider.Kind.Type, provider.Probe),
            ProbeInterval = Text(provider.Probe.IntervalSeconds),
            ProbeTimeout = Text(provider.Probe.TimeoutSeconds),
        };
    }

    /// <summary>The API's own request that stores what was typed; a text that cannot be read is a fault of its field.</summary>
    /// <param name="faults">Takes the faults.</param>
    /// <param name="create">False for a change, where secrets that were not typed stay.</param>
    public JsonObject Request(List<Fault> faults, bool create)
    {
        ArgumentNullException.ThrowIfNull(faults);
        var request = new JsonObject
        {
            ["name"] = Name?.Trim(),
            ["models"] = new JsonArray([.. (Models ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries).Select(m => JsonValue.Create(m))]),
            ["deployments"] = Aliases(faults),
            ["timeouts"] = new JsonObject
            {
                ["connect_seconds"] = Number(ConnectSeconds, "timeouts.connect_seconds", faults),
                ["first_byte_seconds"] = Number(FirstByteSeconds, "timeouts.first_byte_seconds", faults) ?? 60,
                ["idle_seconds"] = Number(IdleSeconds, "timeouts.idle_seconds", faults),
            },
            ["limits"] = new JsonObject { ["rpm"] = Whole(Rpm, "limits.rpm", faults), ["concurrency"] = Whole(Concurrency, "limits.concurrency", faults) },
        };
        if (create)
        {
            request["type"] = Kind.Name;
        }

        if (Kind.ListsModels)
        {
            request["probe"] = new JsonObject
            {
                ["enabled"] = Probed,
                ["interval_seconds"] = Number(ProbeInterval, "probe.interval_seconds", faults) ?? 60,
                ["timeout_seconds"] = Number(ProbeTimeout, "probe.timeout_seconds", faults) ?? 10,
            };
        }

        foreach (var (field, text, secret) in Texts().Where(t => Kind.Has(t.Field)))
        {
            if (!secret || !string.IsNullOrWhiteSpace(text))
            {
                request[field] = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
            }
        }

        if (Kind.Has("stream_options"))
        {
            request["stream_options"] = StreamOptions;
        }

        if (Kind.Has("responses"))
        {
            request["responses"] = Responses;
        }

        return request;
    }

    private (string Field, string? Text, bool Secret)[] Texts() =>
    [
        ("base_url", BaseUrl, false), ("api_version", ApiVersion, false), ("region", Region, false), ("project", Project, false), ("location", Location, false),
        (SecretNames.ApiKey, ApiKey, true), (SecretNames.AccessKeyId, AccessKeyId, true), (SecretNames.SecretAccessKey, SecretAccessKey, true),
        (SecretNames.SessionToken, SessionToken, true), (SecretNames.ServiceAccountJson, ServiceAccountJson, true),
    ];

    private JsonObject Aliases(List<Fault> faults)
    {
        var aliases = new JsonObject();
        foreach (var line in (Deployments ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.Split('=', StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, { Length: > 0 } model] && !aliases.ContainsKey(name))
            {
                aliases[name] = model;
            }
            else
            {
                faults.Add(new Fault("deployments", $"'{line}' is no pair; write each name once, as in: gpt-4o = my-deployment"));
            }
        }

        return aliases;
    }

    private static double? Number(string? text, string field, List<Fault> faults)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (double.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        faults.Add(new Fault(field, "Enter a number of seconds, such as 2.5."));
        return null;
    }

    private static int? Whole(string? text, string field, List<Fault> faults)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (NumberText.Whole(text) is { } number and <= int.MaxValue)
        {
            return (int)number;
        }

        faults.Add(new Fault(field, "Enter a whole number, or nothing for no limit."));
        return null;
    }

    private static string? Text(double? number) => number?.ToString(CultureInfo.InvariantCulture);
}
