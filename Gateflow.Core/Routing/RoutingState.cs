using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Gateflow.Core.Routing;

/// <summary>One row: the version of all routing data. It grows in the transaction that changes any of them, and nodes poll it.</summary>
public sealed class RoutingState
{
    public int Id { get; init; } = 1;

    public long Version { get; set; }
}

internal sealed class RoutingStateConfiguration : IEntityTypeConfiguration<RoutingState>
{
    public void Configure(EntityTypeBuilder<RoutingState> builder)
    {
        builder.Property(r => r.Id).ValueGeneratedNever();
        builder.HasData(new RoutingState { Id = 1, Version = 1 });
    }
}
