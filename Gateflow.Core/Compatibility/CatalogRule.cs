using Gateflow.Core.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Compatibility;

/// <summary>A rule of the customer's own about a parameter of some models. It counts before those of the product; the latest counts first.</summary>
public sealed class CatalogRule : IVersioned
{
    /// <summary>"rule_…".</summary>
    public required string Id { get; init; }

    public required RuleConfig Config { get; set; }

    public required DateTimeOffset At { get; set; }

    public required string By { get; set; }

    public Guid Version { get; set; }

    /// <summary>The rule as it is applied; null when it cannot be read, which checking before storing rules out.</summary>
    internal ParameterRule? Rule()
    {
        var (rule, faults) = Config.Read();
        return faults.Count == 0 ? rule! with { Id = Id } : null;
    }
}

internal sealed class CatalogRuleConfiguration : IEntityTypeConfiguration<CatalogRule>
{
    public void Configure(EntityTypeBuilder<CatalogRule> builder)
    {
        builder.Property(r => r.Id).HasMaxLength(40);
        builder.Property(r => r.By).HasMaxLength(200);
        builder.Property(r => r.Config).HasJson();
        builder.Property(r => r.Version).IsConcurrencyToken();
    }
}
