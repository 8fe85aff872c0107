using System.Collections.Frozen;
using Gateflow.Core.Fleet;
using Gateflow.Core.Limits;
using Gateflow.Core.Outbound;
using Gateflow.Core.Privacy;
using Gateflow.Core.Providers;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Gateway.Fallbacks;

namespace Gateflow.Dashboard.Composition;

/// <summary>Reads the configuration and collects every fault, each with its key, so that a person mends all of them at once.</summary>
public sealed partial class SettingsReader(IConfiguration configuration)
{
    /// <summary>A header carries no more beside the others.</summary>
    private const int LongestAdminKey = 1000;

    private readonly List<string> _faults = [];

    /// <summary>The settings, or the faults that stop the start.</summary>
    public (Settings? Settings, IReadOnlyList<string> Faults) Read(bool development)
    {
        var root = RepositoryRoot();
        var data = Path.GetFullPath(Text(configuration["Gateflow:DataDirectory"]) ?? Path.Combine(root ?? Directory.GetCurrentDirectory(), "data"));
        var database = Enumeration("Gateflow:Database:Provider", DatabaseProvider.Sqlite);
        var connection = configuration["ConnectionStrings:Gateflow"];
        if (string.IsNullOrWhiteSpace(connection))
        {
            connection = $"Data Source={Path.Combine(data, "gateflow.db")}";
            if (database != DatabaseProvider.Sqlite)
            {
                _faults.Add($"ConnectionStrings:Gateflow is required when Gateflow:Database:Provider is {database}.");
            }
        }

        var admin = configuration["Gateflow:AdminKey"];
        if (admin is { Length: < 8 or > LongestAdminKey })
        {
            _faults.Add($"Gateflow:AdminKey must have 8 to {LongestAdminKey} characters; it has {admin.Length}.");
        }

        var settings = new Settings
        {
            DataDirectory = data,
            Database = database,
            ConnectionString = connection,
            AdminKey = string.IsNullOrEmpty(admin) ? null : admin,
            Node = NodeName(),
            Roles = Roles(database),
            KeysDirectory = Path.GetFullPath(Text(configuration["Gateflow:KeysDirectory"]) ?? Path.Combine(data, "keys")),
            Demo = Boolean("Gateflow:Demo", development),
            Providers = Providers(),
            MaxBodyBytes = (long)Number("Gateflow:Limits:MaxBodyBytes", 20 * 1024 * 1024, 1024, 1024L * 1024 * 1024),
            TrustedProxies = Addresses("Gateflow:TrustedProxies"),
            PublicUrl = Address("Gateflow:PublicUrl"),
            Outbound = new OutboundOptions
            {
                AllowPrivateNetworks = Boolean("Gateflow:Outbound:AllowPrivateNetworks", development),
                AllowedNetworks = Addresses("Gateflow:Outbound:AllowedNetworks"),
            },
            RecordsUsage = Boolean("Gateflow:Recorder:Enabled", true),
            Breaker = new BreakerOptions
            {
                Enabled = Boolean("Gateflow:Breaker:Enabled", true),
                FailureRatio = Number("Gateflow:Breaker:FailureRatio", 0.5, 0.01, 1),
                MinimumThroughput = (int)Number("Gateflow:Breaker:MinimumThroughput", 10, 2, 10_000),
                Sampling = TimeSpan.FromSeconds(Number("Gateflow:Breaker:SamplingSeconds", 30, 0.5, 3600)),
                Break = TimeSpan.FromSeconds(Number("Gateflow:Breaker:BreakSeconds", 15, 0.5, 3600)),
            },
            Budget = TimeSpan.FromSeconds(Number("Gateflow:Limits:BudgetSeconds", 300, 1, 86_400)),
            Shutdown = TimeSpan.FromSeconds(Number("Gateflow:ShutdownSeconds", 30, 1, 3600)),
            Samples = new SampleOptions
            {
                Enabled = Boolean("Gateflow:Samples:Enabled", true),
                Rate = Number("Gateflow:Samples:Rate", 1, 0, 1),
                MaxPerModel = (int)Number("Gateflow:Samples:MaxPerModel", 2000, 1, 1_000_000),
                RetentionDays = (int)Number("Gateflow:Samples:RetentionDays", 30, 1, 3650),
                Redact = Redact(),
            },
            UsageLimits = new UsageLimits
            {
                LongContextTokens = (long)Number("Gateflow:Usage:LongContextTokens", 8192, 1, UsageLimits.Most),
                ShortQueryTokens = (long)Number("Gateflow:Usage:ShortQueryTokens", 1024, 1, UsageLimits.Most),
            },
            IsDotnetRun = root is not null,
            AnswerRoots = root is null ? [data] : [data, root],
        };
        return _faults.Count == 0 ? (settings, []) : (null, _faults);
    }

    /// <summary>The repository's root when the program runs by "dotnet run" from its build output there; else null.</summary>
    private static string? RepositoryRoot()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_LAUNCH_PROFILE") is null)
        {
            return null;
        }

        var candidate = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", ".."));
        return File.Exists(Path.Combine(candidate, "Gateflow.sln")) ? candidate : null;
    }

    private string NodeName()
    {
        var name = configuration["Gateflow:Node"] ?? Environment.MachineName;
        if (name.Length is 0 or > 100 || name == EvidenceRow.Fleet)
        {
            _faults.Add($"Gateflow:Node is '{name}'; it must be a name of 1 to 100 characters, other than '{EvidenceRow.Fleet}'.");
        }

        return name;
    }

    /// <summary>A list, as one text with commas or one key an item.</summary>
    private NodeRoles Roles(DatabaseProvider database)
    {
        const string Path = "Gateflow:Roles";
        var names = configuration.GetSection(Path).Get<string[]>()
            ?? configuration[Path]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (names.Length == 0)
        {
            return NodeRoles.All;
        }

        NodeRoles[] known = [NodeRoles.Gateway, NodeRoles.Dashboard, NodeRoles.Controller, NodeRoles.All];
        var roles = NodeRoles.None;
        foreach (var name in names)
        {
            var role = Array.Find(known, k => k.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));
            if (role == NodeRoles.None)
            {
                _faults.Add($"{Path} names '{name}'; it may name {string.Join(", ", known)}.");
            }

            roles |= role;
        }

        if (roles is not (NodeRoles.None or NodeRoles.All) && !ThisNode.Shares(database))
        {
            _faults.Add($"{Path} is {roles}; with {database} one node does everything. Share a {DatabaseProvider.PostgreSql} or {DatabaseProvider.SqlServer} database to divide the work.");
        }

        return roles;
    }

    /// <summary>A list, as one text with commas or one key an item.</summary>
    private Redactions Redact()
    {
        const string Path = "Gateflow:Samples:Redact";
        var names = configuration.GetSection(Path).Get<string[]>()
            ?? configuration[Path]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var chosen = Redactions.None;
        foreach (var name in names)
        {
            if (Enum.GetNames<Redactions>().Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                chosen |= Enum.Parse<Redactions>(name, ignoreCase: true);
            }
            else
            {
                _faults.Add($"{Path} names '{name}'; it may name {string.Join(", ", Enum.GetNames<Redactions>().Select(n => n.ToLowerInvariant()))}.");
            }
        }

        return chosen;
    }

    private List<ServedProvider> Providers()
    {
        List<ServedProvider> providers = [];
        foreach (var section in configuration.GetSection("Gateflow:Providers").GetChildren())
        {
            var path = section.Path;
            if (!IsName<ProviderType>(section["Type"], out var type))
            {
                _faults.Add($"{path}:Type is '{section["Type"]}'; it must be one of {string.Join(", ", Enum.GetNames<ProviderType>())}.");
                continue;
            }

            var address = section["BaseUrl"] ?? ProviderKind.Of(type).DefaultAddress(section["Region"], section["Location"]);
            if (!Uri.TryCreate(address?.TrimEnd('/'), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                _faults.Add($"{path}:BaseUrl is '{address}'; it must be an absolute http or https address, e.g. https://api.openai.com/v1.");
                continue;
            }

            var timeout = Seconds($"{path}:TimeoutSeconds", 0.1, 3600);
            providers.Add(new ServedProvider(new ProviderEndpoint
            {
                Name = section.Key,
                Type = type,
                BaseUrl = url,
                ApiKey = Secret($"{path}:ApiKey", section["ApiKey"]),
                ApiVersion = Text(section["ApiVersion"]),
                Region = Text(section["Region"]),
                Project = Text(section["Project"]),
                Location = Text(section["Location"]),
                Deployments = section.GetSection("Deployments").AsEnumerable(makePathsRelative: true).Where(d => d.Value is not null).ToFrozenDictionary(d => d.Key, d => d.Value!),
                AccessKeyId = Secret($"{path}:AccessKeyId", section["AccessKeyId"]),
                SecretAccessKey = Secret($"{path}:SecretAccessKey", section["SecretAccessKey"]),
                SessionToken = Secret($"{path}:SessionToken", section["SessionToken"]),
                ServiceAccountJson = Secret($"{path}:ServiceAccountJson", section["ServiceAccountJson"]),
                StreamOptions = Boolean($"{path}:StreamOptions", true),
                Responses = Boolean($"{path}:Responses", false),
                Timeout = timeout ?? TimeSpan.FromSeconds(60),
                WholeTimeout = timeout ?? ProviderEndpoint.UsualWholeTimeout,
                IdleTimeout = Seconds($"{path}:IdleTimeoutSeconds", 0.1, 3600) ?? default,
                ConnectTimeout = Seconds($"{path}:ConnectTimeoutSeconds", 0.1, 60),
                MaxConcurrency = Count($"{path}:MaxConcurrency", 100_000),
                RequestsPerMinute = Count($"{path}:RequestsPerMinute", 10_000_000),
                TokensPerMinute = Count($"{path}:TokensPerMinute", 2_000_000_000),
                Probe = new ProbeConfig
                {
                    Enabled = string.IsNullOrEmpty(section["Probe:Enabled"]) ? null : Boolean($"{path}:Probe:Enabled", true),
                    IntervalSeconds = Number($"{path}:Probe:IntervalSeconds", 60, 5, 3600),
                    TimeoutSeconds = Number($"{path}:Probe:TimeoutSeconds", 10, 0.5, 60),
                },
            }, section.GetSection("Models").Get<string[]>() ?? []));
        }

        return providers;
    }
}
