using Gateflow.Core.Access;
using Gateflow.Core.Alerts;
using Gateflow.Core.Audit;
using Gateflow.Core.Catalog;
using Gateflow.Core.Catalog.Imports;
using Gateflow.Core.Compatibility;
using Gateflow.Core.Datasets;
using Gateflow.Core.Drills;
using Gateflow.Core.Evaluations;
using Gateflow.Core.Fallbacks;
using Gateflow.Core.Features;
using Gateflow.Core.Fleet;
using Gateflow.Core.Members;
using Gateflow.Core.Migrations;
using Gateflow.Core.Plans;
using Gateflow.Core.Prompts;
using Gateflow.Core.Providers;
using Gateflow.Core.Quality;
using Gateflow.Core.Replay;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Core.Shadow;
using Gateflow.Core.Templates;
using Gateflow.Core.Usage;
using Gateflow.Core.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Gateflow.Core.Storage;

/// <summary>
/// The one database. Each database product has a thin subclass with its own generated migrations. To add a migration, for each of them:
/// <c>dotnet ef migrations add NAME --project Gateflow.Core --context SqliteDb --output-dir Storage/Sqlite/Migrations</c>.
/// </summary>
public abstract class GateflowDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<Migration> Migrations => Set<Migration>();

    public DbSet<MigrationEvent> MigrationEvents => Set<MigrationEvent>();

    public DbSet<Rollback> Rollbacks => Set<Rollback>();

    public DbSet<EvidenceRow> Evidence => Set<EvidenceRow>();

    public DbSet<OutcomeBatch> OutcomeBatches => Set<OutcomeBatch>();

    public DbSet<NodeRow> Nodes => Set<NodeRow>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<RoutingState> Routing => Set<RoutingState>();

    public DbSet<Provider> Providers => Set<Provider>();

    public DbSet<CatalogFact> CatalogFacts => Set<CatalogFact>();

    public DbSet<CatalogRule> CatalogRules => Set<CatalogRule>();

    public DbSet<CatalogImport> CatalogImports => Set<CatalogImport>();

    public DbSet<CatalogImportRow> CatalogImportRows => Set<CatalogImportRow>();

    public DbSet<ModelAlias> ModelAliases => Set<ModelAlias>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<UsageRollup> UsageRollups => Set<UsageRollup>();

    public DbSet<UsageDay> UsageDays => Set<UsageDay>();

    public DbSet<ArmWindow> ArmWindows => Set<ArmWindow>();

    public DbSet<RequestRow> Requests => Set<RequestRow>();

    public DbSet<Sample> Samples => Set<Sample>();

    public DbSet<ReplayTest> ReplayTests => Set<ReplayTest>();

    public DbSet<ReplayPair> ReplayPairs => Set<ReplayPair>();

    public DbSet<Dataset> Datasets => Set<Dataset>();

    public DbSet<DatasetItem> DatasetItems => Set<DatasetItem>();

    public DbSet<Evaluation> Evaluations => Set<Evaluation>();

    public DbSet<EvaluationItem> EvaluationItems => Set<EvaluationItem>();

    public DbSet<FallbackChain> FallbackChains => Set<FallbackChain>();

    public DbSet<Alert> Alerts => Set<Alert>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    public DbSet<DrillRun> Drills => Set<DrillRun>();

    public DbSet<Feedback> Feedback => Set<Feedback>();

    public DbSet<ShadowRow> Shadow => Set<ShadowRow>();

    public DbSet<Setting> Settings => Set<Setting>();

    public DbSet<AuditEntry> AuditLog => Set<AuditEntry>();

    public DbSet<Member> Members => Set<Member>();

    public DbSet<Feature> Features => Set<Feature>();

    public DbSet<Plan> Plans => Set<Plan>();

    public DbSet<OwnTemplate> Templates => Set<OwnTemplate>();

    public DbSet<Prompt> Prompts => Set<Prompt>();

    public DbSet<PromptVersion> PromptVersions => Set<PromptVersion>();

    public DbSet<IdempotencyEntry> Idempotency => Set<IdempotencyEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(GateflowDb).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(32);
        configurationBuilder.Properties<decimal>().HavePrecision(18, 9);
    }
}
