using FluentValidation;
using Gateflow.Core.Access;
using Gateflow.Core.Catalog;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Fleet;
using Gateflow.Core.Imports;
using Gateflow.Core.Limits;
using Gateflow.Core.Migrations;
using Gateflow.Core.Privacy;
using Gateflow.Core.Providers;
using Gateflow.Core.Quality;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.Demo;
using Gateflow.Dashboard.Drills;
using Gateflow.Dashboard.EvidencePacks;
using Gateflow.Dashboard.Imports;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Playground;
using Gateflow.Dashboard.Prompts;
using Gateflow.Dashboard.Templates;
using Gateflow.Gateway;

namespace Gateflow.Dashboard.Composition;

/// <summary>What each subject registers and runs in the background.</summary>
internal static class Parts
{
    public static IServiceCollection AddRouting(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(sp => new ModelDirectory(
            settings.Demo ? DemoModels.Catalog(sp.GetRequiredService<TimeProvider>()) : ModelCatalog.Embedded, [.. settings.Providers, .. DemoModels.Providers(settings)]));
        services.AddSingleton<CatalogReader>(sp => () => sp.GetRequiredService<ModelDirectory>().Catalog);
        services.AddSingleton(new BootstrapKeys(settings.AdminKey is null ? [] : [new BootstrapKey(settings.AdminKey)]));
        services.AddSingleton(new StandInKey(PlaygroundKey.Id, Ids.NewSecret("gw_dev_")));
        services.AddSingleton(settings.Outbound);
        services.AddSingleton<StoredProviders>();
        services.AddSingleton<RouteTableLoader>();
        services.AddSingleton<Routes>();
        services.AddSingleton<RouteReader>(sp => () => sp.GetRequiredService<Routes>().Current);
        services.AddCatalog();
        services.Every("Watching for prices that begin to hold", TimeSpan.FromMinutes(1), sp => sp.GetRequiredService<Routes>().RefreshAsync);
        return services.Every("Watching the route version", TimeSpan.FromMilliseconds(500), sp => sp.GetRequiredService<Routes>().ReloadIfChangedAsync);
    }

    public static IServiceCollection AddUsage(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new Recorder { Enabled = settings.RecordsUsage });
        services.AddSingleton(new RecorderOptions { Node = settings.Node, DataDirectory = settings.DataDirectory });
        services.AddSingleton(new SamplePolicy(settings.Samples));
        services.AddSingleton<SampleGate>();
        services.AddSingleton<Func<RouteTable>>(sp => () => sp.GetRequiredService<Routes>().Current);
        services.AddSingleton<RecorderWriter>();
        services.AddSingleton<Retention>();
        services.AddSingleton<Erasure>();
        services.AddSingleton<RecentAnswers>();
        services.AddSingleton<FeedbackBook>();
        services.AddSingleton(settings.UsageLimits);
        services.AddSingleton<UsageQuery>();
        services.AddSingleton<CostQuery>();
        services.AddSingleton<LogReader>();
        services.AddSingleton<ImportStore>();
        services.AddSingleton<ImportRun>();
        services.AddSingleton<ImportRunner>();
        if (settings.Roles.HasFlag(NodeRoles.Dashboard))
        {
            services.Every("Importing usage", TimeSpan.FromSeconds(1), sp => sp.GetRequiredService<ImportRunner>().RunOnceAsync);
        }

        services.AddSingleton<Deprecating>();
        if (settings.Roles.HasFlag(NodeRoles.Controller))
        {
            services.Every("Deleting what is too old", TimeSpan.FromHours(1), sp => sp.GetRequiredService<Retention>().RunOnceAsync);
        }

        if (!settings.Roles.HasFlag(NodeRoles.Gateway))
        {
            return services;
        }

        services.Every(
            "Recording", TimeSpan.FromSeconds(1),
            sp => sp.GetRequiredService<RecorderWriter>().RunOnceAsync,
            sp => sp.GetRequiredService<RecorderWriter>().StopAsync);
        return services.Every("Folding usage", RecorderWriter.FoldPeriod, sp => sp.GetRequiredService<RecorderWriter>().FoldAsync); // the last in, the first to stop
    }

    public static IServiceCollection AddLimits(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<KeyMeters>();
        services.AddSingleton<SpendReader>();
        return !settings.Roles.HasFlag(NodeRoles.Gateway) ? services : services.Every("Reading what other nodes have spent", SpendReader.Period, sp => sp.GetRequiredService<SpendReader>().RunOnceAsync);
    }

    public static IServiceCollection AddRollout(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new Judge { FeedsFleet = ThisNode.Shares(settings.Database) });
        services.AddSingleton<FleetEvidence>();
        services.AddSingleton<Rollbacks>();
        services.AddSingleton<SourceHistory>();
        services.AddSingleton<SplitWatch>();
        services.AddSingleton<Arming>();
        services.AddSingleton<RolloutController>();
        services.AddHostedService(sp => new ControllerLoop(sp.GetRequiredService<RolloutController>()));
        return services;
    }

    public static IServiceCollection AddMigrations(this IServiceCollection services)
    {
        services.AddSingleton<Transitions>();
        services.AddSingleton<StartRules>();
        services.AddSingleton<CandidateEvidence>();
        services.AddSingleton<SampleChecks>();
        services.AddSingleton<ChangePolicy>();
        services.AddTemplates().AddPrompts();
        services.AddSingleton<Drafting>();
        services.AddSingleton<Conduct>();
        services.AddSingleton<MigrationReader>();
        services.AddSingleton<Forecasting>();
        services.AddSingleton<Drilling>();
        services.AddSingleton<EvidencePackReader>();
        services.AddSingleton<IValidator<CreateMigration>, CreateMigrationValidator>();
        services.AddSingleton<IValidator<MigrationConfig>, MigrationConfigValidator>();
        services.AddSingleton<IValidator<CreateKey>, CreateKeyValidator>();
        return services;
    }

    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSingleton<ProcessorLoad>();
        services.AddSingleton<MigrationFeed>();
        services.AddSingleton<LiveSnapshots>();
        services.AddSingleton<HubWatches>();
        services.AddSingleton<HubSessions>();
        services.AddSingleton<LiveSignals>();
        return services.Every("Ending connections whose session is over", HubSessions.Period, sp => sp.GetRequiredService<HubSessions>().RunOnceAsync);
    }

    /// <summary>Registers a turn that is run again and again.</summary>
    public static IServiceCollection Every(
        this IServiceCollection services, string name, TimeSpan interval,
        Func<IServiceProvider, Func<CancellationToken, Task>> turn, Func<IServiceProvider, Func<CancellationToken, Task>>? last = null) =>
        services.AddSingleton<IHostedService>(sp => new PeriodicWork(
            name, interval, turn(sp), last?.Invoke(sp), sp.GetRequiredService<TimeProvider>(), sp.GetRequiredService<ILogger<PeriodicWork>>()));
}
