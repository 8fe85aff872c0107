using FluentValidation;
using Gateflow.Core.ChangeManagement;
using Gateflow.Core.Fleet;
using Gateflow.Core.Migrations;
using Gateflow.Core.Rollout;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Drills;
using Gateflow.Dashboard.EvidencePacks;
using Gateflow.Dashboard.Prompts;
using Gateflow.Dashboard.Templates;

namespace Gateflow.Dashboard.Migrations;

/// <summary>Registers what prepares migrations, moves them on and judges them.</summary>
internal static class MigrationServices
{
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
        return services;
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
}
