using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json;
using Gateflow.Core.Access;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Core.Providers;

/// <summary>
/// Reads the stored providers for the route table. A provider that did not change stays the same instance, so that what adapters keep of it stays good.
/// Not for two callers at once.
/// </summary>
public sealed class StoredProviders([FromKeyedServices(StoredProviders.Purpose)] ISecretProtector protector)
{
    /// <summary>Key of the protector: providers' secrets have encryption keys of their own.</summary>
    public const string Purpose = "providers";

    private Dictionary<string, (Guid Version, ServedProvider Provider)> _known = new(StringComparer.Ordinal);

    /// <summary>Ids of providers whose secrets cannot be decrypted: they serve nothing until they are entered again.</summary>
    public FrozenSet<string> Unreadable { get; private set; } = [];

    /// <summary>The enabled providers, oldest first.</summary>
    public async Task<IReadOnlyList<ServedProvider>> ReadAsync(GateflowDb db, CancellationToken cancellationToken)
    {
        var rows = await db.Providers.AsNoTracking().OrderBy(p => p.Id).ToListAsync(cancellationToken); // ids grow with time
        Dictionary<string, (Guid, ServedProvider)> known = new(StringComparer.Ordinal);
        List<string> unreadable = [];
        foreach (var row in rows)
        {
            if (!TryOpen(row, out var secrets))
            {
                unreadable.Add(row.Id);
            }
            else if (row.Config.Enabled)
            {
                known[row.Id] = _known.TryGetValue(row.Id, out var before) && before.Version == row.Version
                    ? before
                    : (row.Version, Create(row.Name, row.Type, row.Config, secrets));
            }
        }

        (_known, Unreadable) = (known, unreadable.ToFrozenSet(StringComparer.Ordinal));
        return [.. known.Values.Select(p => p.Item2)];
    }

    /// <summary>Decrypts a provider's secrets; false when they or the keys are not what they were.</summary>
    public bool TryOpen(Provider row, out ProviderSecrets secrets)
    {
        ArgumentNullException.ThrowIfNull(row);
        secrets = new ProviderSecrets();
        try
        {
            secrets = row.Secrets is null ? secrets : ProviderSecrets.Parse(protector.Unprotect(row.Secrets));
            return true;
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException)
        {
            return false;
        }
    }

    /// <summary>Encrypts secrets; null when there are none.</summary>
    public byte[]? Close(ProviderSecrets secrets) => secrets.ToBytes() is { } plain ? protector.Protect(plain) : null;

    /// <summary>The provider as it is called. It is not trusted: its addresses are checked whenever they are connected to.</summary>
    public static ServedProvider Create(string name, ProviderType type, ProviderConfig config, ProviderSecrets secrets)
    {
        var kind = ProviderKind.Of(type);
        var firstByte = TimeSpan.FromSeconds(config.Timeouts.FirstByteSeconds);
        return new ServedProvider(new ProviderEndpoint
        {
            Name = name,
            Type = type,
            BaseUrl = new Uri((config.BaseUrl ?? kind.DefaultAddress(config.Region, config.Location)!).TrimEnd('/')),
            ApiKey = secrets.ApiKey,
            ApiVersion = config.ApiVersion,
            Region = config.Region,
            Project = config.Project,
            Location = config.Location,
            Deployments = config.Deployments.ToFrozenDictionary(),
            AccessKeyId = secrets.AccessKeyId,
            SecretAccessKey = secrets.SecretAccessKey,
            SessionToken = secrets.SessionToken,
            ServiceAccountJson = secrets.ServiceAccountJson,
            StreamOptions = config.StreamOptions,
            Responses = config.Responses,
            Timeout = firstByte,
            WholeTimeout = config.Timeouts.FirstByteSeconds == ProviderTimeouts.UsualFirstByteSeconds ? ProviderEndpoint.UsualWholeTimeout : firstByte,
            IdleTimeout = config.Timeouts.IdleSeconds is { } idle ? TimeSpan.FromSeconds(idle) : firstByte,
            ConnectTimeout = config.Timeouts.ConnectSeconds is { } connect ? TimeSpan.FromSeconds(connect) : null,
            MaxConcurrency = config.Limits.Concurrency,
            RequestsPerMinute = config.Limits.Rpm,
            TokensPerMinute = config.Limits.Tpm,
            Probe = config.Probe,
            Trusted = false,
        }, config.Models);
    }
}
