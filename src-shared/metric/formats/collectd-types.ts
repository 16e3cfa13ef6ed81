const words = (text: string): string[] => text.trim().split(/\s+/)

/** Types whose values only grow (DERIVE, COUNTER), for formats that do not say so. */
const growing: ReadonlySet<string> = new Set(
  words(`
    apache_bytes apache_requests arc_counts arc_l2_bytes ath_stat cache_eviction cache_operation cache_result ceph_rate
    commands compression connections contextswitch cookies counter cpu derive disk_io_time disk_merged disk_octets
    disk_ops disk_ops_complex disk_time dns_answer dns_notify dns_octets dns_opcode dns_qtype dns_query dns_question
    dns_rcode dns_reject dns_request dns_resolver dns_response dns_transfer dns_update dns_zops dpdk_telemetry
    drbd_resource errors evicted_keys expired_keys filter_result fork_rate fscache_stat hash_collisions
    http_request_methods http_requests http_response_codes ib_errors ib_link_error_recovery ib_octets ib_packets
    ib_xmit_wait if_collisions if_dropped if_errors if_multicast if_octets if_packets if_rx_dropped if_rx_errors
    if_rx_nohandler if_rx_octets if_rx_packets if_tx_dropped if_tx_errors if_tx_octets if_tx_packets invocations
    io_octets io_ops io_packets ipt_bytes ipt_packets irq memcached_command memcached_octets memcached_ops
    memory_bandwidth memory_throttle_count mutex_operations mysql_bpool_counters mysql_commands mysql_handler
    mysql_innodb_data mysql_innodb_dblwr mysql_innodb_log mysql_innodb_pages mysql_innodb_row_lock mysql_innodb_rows
    mysql_locks mysql_log_position mysql_octets mysql_select mysql_slow_queries mysql_sort mysql_sort_merge_passes
    mysql_sort_rows nfs_procedure nginx_requests node_octets node_stat operations packets perf pf_counters pf_limits
    pf_source pf_state pg_blks pg_n_tup_c pg_scan pg_xact protocol_counter ps_cputime ps_disk_octets ps_disk_ops
    ps_pagefaults redis_command_cputime serial_octets swap_io total_bytes total_connections total_events total_objects
    total_operations total_requests total_sessions total_threads total_time_in_ms total_values transitions vf_broadcast
    vf_bytes vf_dropped vf_multicast vf_packets virt_cpu_total virt_vcpu vmpage_action vmpage_faults vmpage_io`),
)

/** Types of values that go up and down, of the plugins that most hosts have. */
const gauges: ReadonlySet<string> = new Set(
  words(`
    bitrate bytes cache_ratio cache_size charge conntrack cpufreq current current_connections current_sessions delay df
    df_complex df_inodes duration entropy fanspeed file_handles file_size files frequency frequency_offset gauge
    humidity latency load memory memory_lua mysql_bpool_bytes mysql_bpool_pages nginx_connections objects
    pending_operations percent percent_bytes percent_inodes ping ping_droprate ping_stddev power pressure ps_code
    ps_count ps_data ps_rss ps_stacksize ps_state ps_vm queue_length requests response_code response_time swap
    tcp_connections temperature threads time_offset timeleft uptime users vcpu voltage vmpage_number`),
)

const unitOf: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '%': 'humidity percent percent_bytes percent_inodes',
    B: `apache_bytes arc_l2_bytes bytes cache_size df df_complex file_size ipt_bytes memory memory_lua mysql_bpool_bytes
      pg_db_size ps_code ps_data ps_rss ps_stacksize ps_vm swap total_bytes vf_bytes vs_memory`,
    s: 'delay duration latency response_time uptime',
    ms: 'disk_io_time disk_time ping ping_stddev total_time_in_ms',
    µs: 'ps_cputime',
    ns: 'virt_cpu_total virt_vcpu',
    Hz: 'cpufreq frequency',
    'bit/s': 'bitrate',
    '°C': 'nvme_temperature smart_temperature temperature',
    V: 'voltage',
    W: 'power',
    A: 'current',
    Ah: 'charge',
    rpm: 'fanspeed',
  }).flatMap(([unit, types]) => words(types).map((type) => [type, unit] as const)),
)

/**
 * Whether values of this type of collectd only grow.
 * @see https://github.com/collectd/collectd/blob/main/src/types.db
 */
export function isGrowingType(type: string): boolean {
  return growing.has(type)
}

/** Whether the word is a type of collectd. A path of Graphite that has one where collectd puts it, is of collectd. */
export function isCollectdType(type: string): boolean {
  return growing.has(type) || gauges.has(type)
}

/** The unit of values of this type; of a growing one, of what it counts. '' if unknown. */
export function unitOfType(type: string): string {
  return type.endsWith('_octets') ? 'B' : (unitOf.get(type) ?? '')
}
