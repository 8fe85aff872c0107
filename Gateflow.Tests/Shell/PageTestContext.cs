using Bunit;
using Bunit.TestDoubles;
using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Routing;
using Gateflow.Core.Storage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Alerts;
using Gateflow.Dashboard.Audit;
using Gateflow.Dashboard.Catalog;
using Gateflow.Dashboard.ChangeManagement;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Drills;
using Gateflow.Dashboard.Evaluations;
using Gateflow.Dashboard.Fallbacks;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Logs;
using Gateflow.Dashboard.Members;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Overview;
using Gateflow.Dashboard.Plans;
using Gateflow.Dashboard.Providers;
using Gateflow.Dashboard.Replay;
using Gateflow.Dashboard.RollbackHistory;
using Gateflow.Dashboard.Templates;
using Gateflow.Dashboard.Usage;
using Gateflow.Dashboard.Webhooks;
using Gateflow.Gateway.Fallbacks;
using Gateflow.Tests.Composition;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Shell;

/// <summary>Renders pages over the services of a real program, signed in with a role. Its clock stands at the program's time of making.</summary>
public class PageTestContext : DashboardTestContext
{
    private readonly BunitAuthorizationContext access;

    public PageTestContext(GateflowHost host, Role role = Role.Admin)
    {
        ArgumentNullException.ThrowIfNull(host);
        Host = host;
        Clock.SetUtcNow(TimeProvider.System.GetUtcNow());
        access = this.AddAuthorization();
        access.SetAuthorized("Ada");
        string[] policies = [Policies.Viewer, Policies.Operator, Policies.Admin];
        access.SetPolicies(policies[..(int)role]);
        Share<OverviewReader>();
        Share<MigrationListReader>();
        Share<RollbackReader>();
        Share<RollbackNotes>();
        Share<Dashboard.Search.SearchReader>();
        Share<UsageReader>();
        Share<LogReader>();
        Share<Core.Usage.CostQuery>();
        Share<ReplayReader>();
        Share<PairReader>();
        Share<ReplayRunner>();
        Share<Deprecating>();
        Share<ChainBook>();
        Share<FallbackSwitch>();
        Share<FallbackRehearsal>();
        Share<ModelDirectory>();
        Share<ModelReader>();
        Share<ModelBook>();
        Share<AliasBook>();
        Share<RuleBook>();
        Share<Dashboard.UsageImports.ImportRunner>();
        Share<Core.UsageImports.ImportStore>();
        Share<CatalogImports>();
        Share<ImportApplying>();
        Share<CatalogSync>();
        Share<DatasetBook>();
        Share<DatasetItemBook>();
        Share<EvaluationReader>();
        Share<EvaluationRunner>();
        Share<FluentValidation.IValidator<EvaluationRequest>>();
        Share<ApiKeys>();
        Share<AlertBook>();
        Share<AlertWriter>();
        Share<ProviderStore>();
        Share<ProviderTesting>();
        Share<ProviderHealths>();
        Share<Drilling>();
        Share<WebhookStore>();
        Share<FeatureBook>();
        Share<MemberBook>();
        Share<AuditBook>();
        Share<ChangeBook>();
        Share<AlertSettingsBook>();
        Share<Core.ChangeManagement.ChangePolicy>();
        Share<Core.Usage.SamplePolicy>();
        Share<DeliveryBook>();
        Share<PublicAddress>();
        Share<PlanReader>();
        Share<PlanBook>();
        Share<TemplateBook>();
        Share<Dashboard.Prompts.PromptBook>();
        Share<Dashboard.Playground.PlaygroundClient>();
        Share<MigrationReader>();
        Share<Deliveries>();
        Share<FluentValidation.IValidator<CreateKey>>();
        Services.AddSingleton(Feed);
    }

    public GateflowHost Host { get; }

    /// <summary>The pages' own feed, so that a test says when something changed.</summary>
    public MigrationFeed Feed { get; } = new(TimeProvider.System, new ProcessorLoad(TimeProvider.System), Microsoft.Extensions.Logging.Abstractions.NullLogger<MigrationFeed>.Instance);

    /// <summary>Stores rows as they are.</summary>
    public async Task AddAsync(params object[] rows)
    {
        await using var db = await Host.Get<IDbContextFactory<GateflowDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);
        db.AddRange(rows);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    private void Share<T>()
        where T : class => Services.AddSingleton(Host.Get<T>());
}
