using Gateflow.Core.Access;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Fleet;
using Gateflow.Core.Limits;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Shadow;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Live;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Dashboard.Composition;

/// <summary>What must be done before the first request: schema, first key, routes, evidence. Then the sign-in link is printed.</summary>
internal sealed class Startup(
    Settings settings,
    SchemaUpgrade schema,
    NodeRegistry nodes,
    ThisNode node,
    Routes routes,
    SpendReader spend,
    SettingsWatch stored,
    RolloutController controller,
    ShadowStore shadow,
    LiveSignals signals,
    ApiKeys keys,
    SignInLinks links,
    IDbContextFactory<GateflowDb> databases,
    IServer server,
    IHostApplicationLifetime lifetime) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.DataDirectory);
        await schema.RunAsync(cancellationToken);
        await nodes.RegisterAsync(cancellationToken);
        await routes.ReloadAsync(cancellationToken);
        await stored.RunOnceAsync(cancellationToken);
        await spend.RunOnceAsync(cancellationToken);
        var (id, secret) = node.Is(NodeRoles.Dashboard) ? await AdministratorAsync(cancellationToken) : (null, null);
        await controller.RestoreAsync(cancellationToken);
        await shadow.RestoreAsync(cancellationToken);
        if (node.SharesDatabase)
        {
            routes.Changed += controller.Wake; // what another node began is judged here at once
        }

        signals.Connect();
        if (id is not null && (secret is not null || settings.IsDotnetRun))
        {
            lifetime.ApplicationStarted.Register(() => Announce(id, secret));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The key that the link signs in as, and its secret if it was made just now.</summary>
    private async Task<(string? Id, string? Secret)> AdministratorAsync(CancellationToken cancellationToken)
    {
        if (settings.AdminKey is not null)
        {
            return (BootstrapKey.Id, null);
        }

        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var known = await db.ApiKeys.Where(k => k.Role == Role.Admin && k.RevokedAt == null).OrderBy(k => k.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        if (known is not null)
        {
            return (known.Id, null);
        }

        var created = await keys.CreateAsync(new CreateKey { Name = "Administrator", Type = KeyType.Admin }, "gateflow", cancellationToken);
        return (created.Value!.Id, created.Value.Key);
    }

    private void Announce(string id, string? secret)
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? GateflowApp.DefaultUrl;
        var url = address.Replace("[::]", "localhost", StringComparison.Ordinal).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        Console.WriteLine();
        Console.WriteLine($"  Gateflow is listening on {url}");
        Console.WriteLine($"  Sign in (once, within a day): {url}/login?token={links.Create(id)}");
        if (secret is not null)
        {
            Console.WriteLine($"  Administrator's key, shown this once: {secret}");
        }

        Console.WriteLine();
    }
}
