//! The host's side of a running guest: everything that its imports reach.
//!
//! In: grants, standard streams. Out: `Host`, the data of the guest's store.
//! Holds: what no grant covers is refused here, and noted once in `Refused`, so that it can be said at the end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::ResourceTable;
use wasmtime_wasi::random::Deterministic;
use wasmtime_wasi::sockets::SocketAddrUse;
use wasmtime_wasi::{FsPerms, HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::grants::{Clock, DirGrant, Grants, Random};
use crate::http::HttpDoor;
use crate::limits::Meter;
use crate::refused::Refused;
use crate::stdio::{Input, Stdio};

/// Bytes of seeded randomness before they come again.
const SEEDED: usize = 64 << 10;

/// The data of a guest's store.
pub(crate) struct Host {
    wasi: WasiCtx,
    http: WasiHttpCtx,
    door: HttpDoor,
    pub(crate) table: ResourceTable,
    pub(crate) meter: Meter,
    pub(crate) refused: Refused,
    /// When a call must have ended; `None` if it may take any time.
    pub(crate) deadline: Option<Instant>,
    /// The kinds of resources that mocks may have are numbered from 1 to this.
    pub(crate) mocked: u32,
}

/// A folder that cannot be granted.
#[derive(Debug)]
pub(crate) struct MissingDir {
    pub(crate) grant: DirGrant,
    pub(crate) reason: String,
}

impl Host {
    /// Opens the granted folders and builds the guest's surroundings. Fails with every folder that cannot be opened.
    pub(crate) fn new(grants: &Grants, stdio: &Stdio, meter: Meter) -> Result<Self, Vec<MissingDir>> {
        let mut builder = WasiCtxBuilder::new();
        open_dirs(&mut builder, &grants.dirs)?;
        for (name, value) in &grants.env {
            builder.env(name, value);
        }
        builder.args(&grants.args);
        match &stdio.stdin {
            Input::Closed => {}
            Input::Inherit => {
                builder.inherit_stdin();
            }
            Input::Bytes(bytes) => {
                builder.stdin(wasmtime_wasi::p2::pipe::MemoryInputPipe::new(bytes.clone()));
            }
        }
        builder.stdout(stdio.stdout.clone()).stderr(stdio.stderr.clone());
        set_clock(&mut builder, grants.clock);
        set_random(&mut builder, grants.random);
        let refused = Refused::default();
        open_network(&mut builder, grants, &refused);
        Ok(Self {
            wasi: builder.build(),
            http: WasiHttpCtx::new(),
            door: HttpDoor::new(grants.http_allow.clone(), refused.clone()),
            table: ResourceTable::new(),
            meter,
            refused,
            deadline: None,
            mocked: 0,
        })
    }
}

fn open_dirs(builder: &mut WasiCtxBuilder, dirs: &[DirGrant]) -> Result<(), Vec<MissingDir>> {
    let mut missing = Vec::new();
    for grant in dirs {
        let perms = if grant.write { FsPerms::ReadWrite } else { FsPerms::ReadOnly };
        if let Err(error) = builder.preopened_dir(&grant.host, &grant.guest, perms) {
            missing.push(MissingDir { grant: grant.clone(), reason: error.root_cause().to_string() });
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(missing) }
}

/// A clock that stands at the start of 1970.
struct Frozen;

impl HostWallClock for Frozen {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

impl HostMonotonicClock for Frozen {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        0
    }
}

fn set_clock(builder: &mut WasiCtxBuilder, clock: Clock) {
    match clock {
        Clock::Real => {}
        Clock::Frozen => {
            builder.wall_clock(Frozen).monotonic_clock(Frozen);
        }
    }
}

fn set_random(builder: &mut WasiCtxBuilder, random: Random) {
    match random {
        Random::Real => {}
        Random::Seed(seed) => {
            builder
                .secure_random(Deterministic::new(seeded_bytes(seed)))
                .insecure_random(Deterministic::new(seeded_bytes(seed ^ u64::MAX)))
                .insecure_random_seed(u128::from(seed));
        }
    }
}

/// The splitmix64 sequence of a seed.
fn seeded_bytes(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(SEEDED);
    while bytes.len() < SEEDED {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    bytes
}

/// Opens the granted addresses, and no others; UDP and the look-up of names stay closed.
fn open_network(builder: &mut WasiCtxBuilder, grants: &Grants, refused: &Refused) {
    builder.allow_udp(false).allow_ip_name_lookup(false);
    // Sockets may be made; without a grant there is nothing that one could be bound or connected to.
    builder.allow_tcp(true);
    let listen: Arc<[SocketAddr]> = grants.listen.clone().into();
    let connect: Arc<[SocketAddr]> = grants.connect.clone().into();
    let refused = refused.clone();
    builder.socket_addr_check(move |address, purpose| {
        let granted = match purpose {
            SocketAddrUse::TcpConnect => connect.contains(&address),
            // Asked for before every connection: the system's choice of a local address, which nobody can reach
            // unless listening is granted too.
            SocketAddrUse::TcpBind if address.ip().is_unspecified() && address.port() == 0 => true,
            SocketAddrUse::TcpBind => listen.contains(&address),
            // After a bind to port 0 the port is the system's choice.
            SocketAddrUse::TcpListen => listen
                .iter()
                .any(|granted| granted.ip() == address.ip() && [0, address.port()].contains(&granted.port())),
            // Whoever connects to a granted address is welcome.
            SocketAddrUse::TcpAccept => !listen.is_empty(),
            SocketAddrUse::UdpBind | SocketAddrUse::UdpSend | SocketAddrUse::UdpReceive => false,
        };
        if !granted {
            refused.network(address, purpose);
        }
        Box::pin(async move { granted })
    });
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.door, table: &mut self.table, ctx: &mut self.http }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_and_another_seed_others() {
        assert_eq!(seeded_bytes(7), seeded_bytes(7));
        assert_ne!(seeded_bytes(7)[..64], seeded_bytes(8)[..64]);
    }
}
